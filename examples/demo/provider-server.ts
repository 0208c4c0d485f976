/**
 * A model provider on this machine: answers like OpenAI's chat completions and Anthropic's messages, streamed or not, with
 * tool calls and token counts, so that the demo runs with the real clients but without a network or keys.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

import { anthropic } from "./anthropic-format.ts";
import { isModelRequest } from "./format.ts";
import type { Format, Rendered } from "./format.ts";
import { openai } from "./openai-format.ts";
import { Replies } from "./replies.ts";

export interface ProviderServer {
  /** `http://127.0.0.1:PORT`: ChatAnthropic's `anthropicApiUrl`; with `/v1` behind it ChatOpenAI's `configuration.baseURL`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ProviderServerOptions {
  /** How slow the models are: 1 is like a small real one, 0 answers at once. */
  readonly pace?: number;
}

/** Starts the server on a free port. A model whose name contains "busy" is always overloaded. */
export async function startProviderServer({
  pace = 1,
}: ProviderServerOptions = {}): Promise<ProviderServer> {
  const replies = new Replies();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    respond(request, response, { replies, pace, id: requests }).catch((error: unknown) => {
      // The client went away while the answer was on its way; anything else is a fault of the demo.
      if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// --- internal ---

const FORMATS: Readonly<Record<string, Format>> = {
  "/v1/chat/completions": openai,
  "/v1/messages": anthropic,
};

interface Work {
  readonly replies: Replies;
  readonly pace: number;
  readonly id: number;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { replies, pace, id }: Work,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const pause = (ms: number) =>
    pace === 0 ? undefined : setTimeout(ms * pace, undefined, { signal: gone.signal });

  const body = await json(request);
  const format = FORMATS[new URL(request.url ?? "/", "http://localhost").pathname];
  if (format === undefined || !isModelRequest(body)) {
    const [status, message] =
      format === undefined
        ? [404, "Not found"]
        : [400, "Expected a JSON body with model and messages"];
    send(response, status, { error: { type: "invalid_request_error", message } });
    return;
  }
  const prompt = format.read(body);
  if (prompt.model.includes("busy")) {
    await pause(60);
    send(response, format.busy.status, format.busy.body);
    return;
  }
  const rendered = format.render(body, replies.to(prompt), id);
  // Reading the prompt takes the longer the more there is of it.
  await pause(220 + Math.min(prompt.length / 20, 300));
  if (body.stream === true) await stream(response, rendered, pause);
  else {
    const spoken = rendered.events.filter((event) => event.spoken).length;
    await pause(spoken * 24);
    send(response, 200, rendered.body);
  }
}

async function stream(
  response: ServerResponse,
  { events }: Rendered,
  pause: (ms: number) => Promise<void> | undefined,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const [index, { name, data, spoken }] of events.entries()) {
    // Uneven, as models are, but the same in every run.
    if (spoken) await pause(14 + ((index * 13) % 21));
    const text = typeof data === "string" ? data : JSON.stringify(data);
    response.write(`${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`);
  }
  response.end();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}
