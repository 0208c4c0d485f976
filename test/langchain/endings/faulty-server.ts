import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { wire } from "../../support/wire.ts";

/** What goes wrong with an answer. The last line of the question names it. */
export type Fault =
  | "none"
  | "dropped"
  | "half"
  | "busy once"
  | "busy"
  | "broken"
  | "slow"
  | "never begun"
  | "malformed";

export interface FaultyServer {
  /** Base URL for ChatOpenAI's `configuration.baseURL`. */
  readonly url: string;
  close(): Promise<void>;
}

/** OpenAI's chat completions over real HTTP on this machine, with the fault that each question asks for. */
export async function startFaultyServer(): Promise<FaultyServer> {
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        stream?: boolean;
        messages: { content: string }[];
      };
      const question = body.messages.at(-1)?.content ?? "";
      const [fault = "none"] = question.split("\n").slice(-1) as Fault[];
      void answer(response, fault, body.stream === true, () => {
        const isFirst = !refused.has(question);
        refused.add(question);
        return isFirst;
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

// --- internal ---

async function answer(
  response: ServerResponse,
  fault: Fault,
  isStream: boolean,
  isFirst: () => boolean,
): Promise<void> {
  if (fault === "dropped") return void response.destroy();
  if (fault === "busy" || (fault === "busy once" && isFirst()))
    return send(response, 429, "openai.error.429.json", { "retry-after": "0" });
  if (fault === "broken") return send(response, 500, "openai.error.500.json");
  if (fault === "never begun") return;
  // Longer than all others take: they overtake it.
  if (fault === "slow") await new Promise((resolve) => void setTimeout(resolve, 20));
  const type = isStream ? "text/event-stream" : "application/json";
  response.writeHead(200, { "content-type": type });
  const text = wire(isStream ? "openai.chat.stream.sse.txt" : "openai.chat.json");
  if (fault === "malformed")
    return void response.end(isStream ? `data: {"choices": [}\n\n` : text.slice(0, 40));
  if (fault !== "half") return void response.end(text);
  const frames = text.split("\n\n");
  const half = isStream ? `${frames.slice(0, 2).join("\n\n")}\n\n` : text.slice(0, 40);
  // A broken connection takes with it what was sent and not yet read, so the client may read first.
  response.write(half, () => setTimeout(() => response.destroy(), 5));
}

function send(
  response: ServerResponse,
  status: number,
  sample: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(wire(sample));
}
