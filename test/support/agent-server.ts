import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { ChatOpenAI } from "@langchain/openai";

/** A model call as the server received it. */
interface ModelRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** A path whose answers wait. */
export interface Hold {
  /** A request has come. */
  readonly reached: Promise<void>;
  release(): void;
}

/**
 * A model and a web server on this machine. The model asks for all tools that it is offered, at once, with their own
 * names for a query, and answers when it has their results; every call is 100 tokens in and 20 out. `GET /…` answers with
 * its path. Ids are the same in every run.
 */
export interface AgentServer {
  readonly url: string;
  /** A real client of it. */
  model(options?: object): ChatOpenAI;
  /** `GET` of a path. */
  get(path: string, signal?: AbortSignal): Promise<string>;
  /** Requests of a path wait from now on. `model` for the model's. */
  hold(path: string): Hold;
  /** Releases all that waits. */
  reset(): void;
  close(): Promise<void>;
}

export async function startAgentServer(): Promise<AgentServer> {
  const held = new Map<string, { reached: () => void; released: Promise<void> }>();
  const releases = new Set<() => void>();
  const server = createServer((request, response) => {
    void answer(request, response, async (path) => {
      held.get(path)?.reached();
      await held.get(path)?.released;
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const apiKey = ["sk", "test"].join("-");
  const reset = (): void => {
    for (const release of releases) release();
    releases.clear();
    held.clear();
  };
  return {
    url,
    model: (options) =>
      new ChatOpenAI({
        model: "gpt-5.4-mini",
        apiKey,
        maxRetries: 0,
        configuration: { baseURL: `${url}/v1` },
        ...options,
      }),
    async get(path, signal) {
      const response = await fetch(`${url}${path}`, signal === undefined ? {} : { signal });
      return response.text();
    },
    hold(path) {
      const [arrival, gate] = [deferred(), deferred()];
      const release = (): void => gate.resolve();
      held.set(path, { reached: () => arrival.resolve(), released: gate.promise });
      releases.add(release);
      return { reached: arrival.promise, release };
    },
    reset,
    async close() {
      reset();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

// --- internal ---

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  return { promise, resolve: () => settle?.() };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  wait: (path: string) => Promise<void>,
): Promise<void> {
  const path = request.url ?? "/";
  if (request.method === "GET") {
    await wait(path);
    response.end(`answer of ${path}`);
    return;
  }
  const asked = JSON.parse(await read(request)) as ModelRequest;
  await wait("model");
  const message = reply(asked);
  const head = { id: "chatcmpl-1", created: 1, model: `${asked.model}-2026-03-17` };
  const finish_reason = "tool_calls" in message ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  if (asked.stream !== true) {
    const choices = [{ index: 0, message, finish_reason }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finished: string | null): object => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finished }],
  });
  const counted = { ...head, object: "chat.completion.chunk", choices: [], usage };
  for (const event of [chunk(message, null), chunk({}, finish_reason), counted]) {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

function reply({ messages, tools = [] }: ModelRequest): object {
  const answered = messages.some(({ role }) => role === "tool");
  if (answered || tools.length === 0) return { role: "assistant", content: "Done." };
  const tool_calls = tools.map(({ function: { name } }, index) => ({
    index,
    id: `call_${name}`,
    type: "function",
    function: { name, arguments: JSON.stringify({ query: name }) },
  }));
  return { role: "assistant", content: null, tool_calls };
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
