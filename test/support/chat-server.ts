import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { wire } from "./wire.ts";

/** A request as the server received it. */
interface ChatRequest {
  readonly traceparent: string | undefined;
  /** Content of the last message. */
  readonly question: string;
}

export interface ChatServer {
  /** Base URL for ChatOpenAI's `configuration.baseURL`. */
  readonly url: string;
  readonly requests: ChatRequest[];
  close(): Promise<void>;
}

/**
 * OpenAI's chat completions over real HTTP on the loopback, answered with the wire samples, streamed on request. Answers
 * wait for each other in twos, so that concurrent calls interleave whatever the machine's speed.
 */
export async function startChatServer(): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  let waiting: (() => void) | undefined;
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await read(request)) as {
        stream?: boolean;
        messages: { content: string }[];
      };
      const header = request.headers["traceparent"];
      requests.push({
        traceparent: typeof header === "string" ? header : undefined,
        question: body.messages.at(-1)?.content ?? "",
      });
      await new Promise<void>((resolve) => {
        waiting?.();
        waiting = resolve;
        setTimeout(resolve, 20);
      });
      if (body.stream !== true) {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(wire("openai.chat.json"));
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const frame of wire("openai.chat.stream.sse.txt").split("\n\n")) {
        response.write(`${frame}\n\n`);
        await new Promise((resolve) => void setImmediate(resolve));
      }
      response.end();
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

// --- internal ---

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
