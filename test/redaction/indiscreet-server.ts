import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model is asked to do is the first word of its name. */
interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

export interface IndiscreetServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * OpenAI's chat and embeddings on the loopback, from a provider that tells everything: its answers say what it was asked,
 * a few characters a chunk, its errors quote the key that they were sent. A model named `tool…` asks for the first tool
 * with `said` for an argument, one named `error…` fails, one named `break…` breaks off in the middle of a stream.
 *
 * @param said goes into answers, arguments and errors
 * @param size characters of a chunk
 */
export async function startIndiscreetServer(said: string, size = 5): Promise<IndiscreetServer> {
  const server = createServer((request, response) => void answer(request, response, said, size));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

// --- internal ---

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  said: string,
  size: number,
): Promise<void> {
  const asked = JSON.parse((await read(request)) || "{}") as Asked;
  const { model = "", stream = false, messages = [], tools = [] } = asked;
  if (request.method === "GET") {
    response.end("seen");
    return;
  }
  if (model.startsWith("error")) {
    const message = `Incorrect API key provided: ${request.headers.authorization}. ${said}`;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message, type: said, code: said } }));
    return;
  }
  if (request.url?.includes("/embeddings") === true) {
    response.writeHead(200, { "content-type": "application/json" });
    const data = [{ object: "embedding", index: 0, embedding: [0.1, 0.2] }];
    response.end(JSON.stringify({ object: "list", model, data, usage: USAGE }));
    return;
  }
  const answered = messages.some(({ role }) => role === "tool");
  const [tool] = tools;
  const call = {
    id: `call ${said.slice(0, 200)}`,
    type: "function",
    function: { name: tool?.function.name ?? "", arguments: JSON.stringify({ said }) },
  };
  const isCall = model.startsWith("tool") && !answered;
  const message = isCall
    ? { role: "assistant", content: null, tool_calls: [call] }
    : { role: "assistant", content: said };
  const finish_reason = isCall ? "tool_calls" : "stop";
  const head = { id: said.slice(0, 200), created: 1, model };
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage: USAGE }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const object = "chat.completion.chunk";
  const chunk = (delta: object, finish: string | null = null): void =>
    void response.write(
      `data: ${JSON.stringify({ ...head, object, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  chunk({ role: "assistant", content: "" });
  const pieces = isCall ? call.function.arguments : said;
  for (let at = 0; at < pieces.length; at += size) {
    const piece = pieces.slice(at, at + size);
    const { name } = call.function;
    chunk(
      isCall
        ? {
            tool_calls: [
              at === 0
                ? { index: 0, ...call, function: { name, arguments: piece } }
                : { index: 0, function: { arguments: piece } },
            ],
          }
        : { content: piece },
    );
    if (model.startsWith("break") && at > pieces.length / 2) {
      response.destroy();
      return;
    }
  }
  chunk({}, finish_reason);
  response.write(`data: ${JSON.stringify({ ...head, object, choices: [], usage: USAGE })}\n\n`);
  response.end("data: [DONE]\n\n");
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
