import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
interface ContextRequest {
  /** The word by which the tests know it: "#a". */
  readonly key: string;
  readonly method: string;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/**
 * OpenAI's chat and embeddings APIs, and a page for every key, that remember who asked. Those that ask at the same time
 * are answered in the opposite order. A model asks for all tools that it is offered, with their own names as keys, until
 * it has their results; the model named "broken" always fails, and "#once" fails once.
 */
export interface ContextServer {
  readonly url: string;
  readonly requests: ContextRequest[];
  close(): Promise<void>;
}

export async function startContextServer(): Promise<ContextServer> {
  const requests: ContextRequest[] = [];
  const inTurn = lastComeFirstServed();
  const server = createServer((request, response) => {
    void (async () => {
      const asked = JSON.parse((await read(request)) || "{}") as Asked;
      const [key = "#none"] = keysIn(
        asked.input ?? asked.messages?.findLast(hasKey) ?? request.url,
      );
      const failed = asked.model === "broken" || (key === "#once" && !requests.some(isOf(key)));
      const [, traceId, spanId] = String(request.headers["traceparent"] ?? "").split("-");
      requests.push({ key, method: request.method ?? "", traceId, spanId });
      await inTurn();
      if (request.method === "GET") response.end(`page ${key}`);
      else if (failed) json(response, 500, { error: { message: "failed" } });
      else if (asked.input !== undefined) json(response, 200, embedded(asked));
      else await answer(response, asked, key);
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** All keys in a value, whatever it is. */
export function keysIn(value: unknown): readonly string[] {
  return decodeURIComponent(JSON.stringify(value) ?? "").match(/#\w+/g) ?? [];
}

// --- internal ---

interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly input?: string | readonly string[];
}

const hasKey = (message: object): boolean => keysIn(message).length > 0;

const isOf =
  (key: string) =>
  (request: ContextRequest): boolean =>
    request.key === key;

function lastComeFirstServed(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise<void>((serve) => {
      if (waiting.length === 0) {
        setTimeout(() => {
          for (const next of waiting.splice(0).toReversed()) next();
        }, 5);
      }
      waiting.push(serve);
    });
}

function embedded({ model, input }: Asked): object {
  const data = [input].flat().map((_, index) => ({
    object: "embedding",
    index,
    embedding: [0.1, 0.2],
  }));
  return { object: "list", model, data, usage: { prompt_tokens: 7, total_tokens: 7 } };
}

async function answer(response: ServerResponse, asked: Asked, key: string): Promise<void> {
  const message = reply(asked, key);
  const head = { id: `chatcmpl-${key}`, created: 1, model: asked.model };
  const finish_reason = "tool_calls" in message ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  if (asked.stream !== true) {
    const choices = [{ index: 0, message, finish_reason }];
    json(response, 200, { ...head, object: "chat.completion", choices, usage });
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const choices = [
    [{ index: 0, delta: message, finish_reason: null }],
    [{ index: 0, delta: { content: "." }, finish_reason: null }],
    [{ index: 0, delta: {}, finish_reason }],
  ];
  const object = "chat.completion.chunk";
  for (const chunk of [...choices.map((each) => ({ choices: each })), { choices: [], usage }]) {
    response.write(`data: ${JSON.stringify({ ...head, object, ...chunk })}\n\n`);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  response.end("data: [DONE]\n\n");
}

function reply({ messages = [], tools = [] }: Asked, key: string): object {
  const answered = messages.some(({ role }) => role === "tool");
  if (answered || tools.length === 0) return { role: "assistant", content: `answer to ${key}` };
  const tool_calls = tools.map(({ function: { name } }, index) => ({
    index,
    id: `call_${name}`,
    type: "function",
    function: { name, arguments: JSON.stringify({ query: `#${name}` }) },
  }));
  return { role: "assistant", content: "", tool_calls };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
