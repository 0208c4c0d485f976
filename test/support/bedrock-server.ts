/**
 * A local Bedrock runtime for Converse and ConverseStream. `@langchain/aws` speaks HTTP/2, which msw does not see, so this is
 * a real server: HTTP/2 without TLS (h2c), the binary event stream included.
 */
import { createServer } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate } from "node:timers/promises";

import { EventStreamCodec } from "@smithy/core/event-streams";

import type { Answer, ReceivedRequest } from "./exchanges.ts";
import { wire, wireJson } from "./wire.ts";

export interface BedrockServer {
  /** Base URL for `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`. */
  readonly url: string;
  close(): Promise<void>;
}

interface StreamEvent {
  readonly event: string;
  readonly payload: unknown;
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startBedrockServer(
  answerTo: (request: ReceivedRequest) => Answer,
): Promise<BedrockServer> {
  const sockets = new Map<number | undefined, Socket>();
  const server = createServer();
  server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.once("close", () => sockets.delete(remotePort));
  });
  server.on("stream", (stream, headers) => {
    // A client that goes away in the middle is part of the tests, not a failure of the server.
    stream.on("error", () => {});
    void respond(stream, headers, answerTo, () => {
      sockets.get(stream.session?.socket.remotePort)?.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets.values()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A sample of Converse (`.json`) or of ConverseStream (`.events.json`) as an answer. */
export function converseAnswer(sample: string): Answer {
  return sample.endsWith(".events.json")
    ? {
        status: 200,
        headers: { "content-type": "application/vnd.amazon.eventstream" },
        frames: (wireJson(sample) as StreamEvent[]).map(eventFrame),
      }
    : {
        status: 200,
        headers: { "content-type": "application/json" },
        frames: [Buffer.from(wire(sample))],
      };
}

/** An error sample; the AWS SDK takes the exception's class from a header. */
export function converseError(status: number, sample: string): Answer {
  const type =
    {
      400: "ValidationException",
      401: "UnrecognizedClientException",
      403: "AccessDeniedException",
      429: "ThrottlingException",
    }[status] ?? "InternalServerException";
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-errortype": type },
    frames: [Buffer.from(wire(sample))],
  };
}

// --- internal ---

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

function eventFrame({ event, payload }: StreamEvent): Uint8Array {
  return codec.encode({
    headers: {
      ":event-type": { type: "string", value: event },
      ":content-type": { type: "string", value: "application/json" },
      ":message-type": { type: "string", value: "event" },
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

async function respond(
  stream: ServerHttp2Stream,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  answerTo: (request: ReceivedRequest) => Answer,
  cut: () => void,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const path = String(headers[":path"]);
  const request: ReceivedRequest = {
    provider: "bedrock",
    url: `http://${String(headers[":authority"])}${path}`,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        name.startsWith(":") ? [] : [[name, String(value)]],
      ),
    ),
    body: JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown,
    aborted: false,
  };
  let complete = false;
  stream.once("close", () => (request.aborted = !complete));

  const answer = answerTo(request);
  if (answer.pause?.at === 0) await wait(answer);
  if (stream.destroyed) return;
  stream.respond({ ":status": answer.status, ...answer.headers });
  for (const [index, frame] of answer.frames.entries()) {
    if (index === answer.dropAfter) break;
    if (answer.pause !== undefined && index > 0 && index === answer.pause.at) await wait(answer);
    if (stream.destroyed) return;
    await new Promise((resolve) => stream.write(frame, resolve));
  }
  if (answer.dropAfter !== undefined) {
    // The whole connection, as when the peer dies: resetting only the stream would be a polite refusal.
    cut();
    return;
  }
  complete = true;
  stream.end();
}

async function wait({ pause }: Answer): Promise<void> {
  // The client may read what has been sent before it hears that nothing comes.
  await setImmediate();
  pause?.reached();
  await pause?.until;
}
