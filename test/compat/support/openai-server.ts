import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { wire } from "../../support/wire.ts";

/**
 * Answers like OpenAI's chat endpoint, for programs that run as processes of their own. Each of them gets a URL of its
 * own, by which its requests are told from the others'. A message that is "fail" is answered with an error.
 */
export class OpenAiServer {
  readonly #server: Server;
  readonly #requests = new Map<string, number>();
  #users = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<OpenAiServer> {
    const server = createServer();
    const answering = new OpenAiServer(server);
    server.on("request", (request: IncomingMessage, response) => {
      void answering.#answer(request, response);
    });
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    return answering;
  }

  /** A base URL that nobody else gets. */
  newUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${++this.#users}`;
  }

  /** How many requests have come to that base URL. */
  requestsTo(url: string): number {
    return this.#requests.get(new URL(url).pathname) ?? 0;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((settle) => this.#server.close(() => settle()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = this.#choose(request.url ?? "", await readAll(request));
    response.writeHead(status, { "content-type": type }).end(body);
  }

  #choose(path: string, text: string): { status: number; type: string; body: string } {
    const base = /^\/\d+/.exec(path)?.[0] ?? "";
    this.#requests.set(base, (this.#requests.get(base) ?? 0) + 1);
    const { stream, messages } = JSON.parse(text) as {
      stream?: boolean;
      messages: { content: unknown }[];
    };
    const json = "application/json";
    if (messages.at(-1)?.content === "fail")
      return { status: 429, type: json, body: wire("openai.error.429.json") };
    return stream === true
      ? { status: 200, type: "text/event-stream", body: wire("openai.chat.stream.sse.txt") }
      : { status: 200, type: json, body: wire("openai.chat.json") };
  }
}

// --- internal ---

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
