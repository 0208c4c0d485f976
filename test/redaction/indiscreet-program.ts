import { get } from "node:http";

import type { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { Document } from "@langchain/core/documents";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool, type ToolRunnableConfig } from "@langchain/core/tools";
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as api from "@opentelemetry/api";
import { createAgent } from "langchain";
import { z } from "zod";

import { allKeys, keyAt, KEYS, writings } from "./planted-keys.ts";

/** Where the program runs, and with what. */
export interface Surroundings {
  /** The base address of an indiscreet server. */
  readonly url: string;
  /** Empty where the instrumentation is attached. */
  readonly callbacks: BaseCallbackHandler[];
}

/**
 * A program that puts its keys wherever a program can put one: into everything that a model, a tool, an agent, a graph, a
 * retriever, an MCP server, an HTTP request, a span and a log record can be given, and into whatever they fail with.
 * Each failure is the program's own, and none of them ends it.
 */
export async function beIndiscreet({ url, callbacks }: Surroundings): Promise<void> {
  const metadata = {
    api_key: keyAt(0),
    user_id: keyAt(1),
    thread_id: `thread ${keyAt(2)}`,
    session_id: keyAt(3),
    tenant: keyAt(4),
    langfuse: { secret: keyAt(5) },
  };
  const config = { callbacks, metadata, tags: KEYS.map(({ secret }) => secret), runName: keyAt(6) };
  await models(url, config);
  await tools(config);
  await agents(url, config);
  await graphs(config);
  await retrieval(url, config);
  await protocol();
  await requests(url);
  ownTelemetry();
}

// --- internal ---

type Config = {
  callbacks: BaseCallbackHandler[];
  metadata: Record<string, unknown>;
  tags: string[];
  runName: string;
};

function model(url: string, name: string): ChatOpenAI {
  return new ChatOpenAI({
    model: name,
    apiKey: keyAt(0),
    maxRetries: 0,
    user: keyAt(7),
    stop: [keyAt(8)],
    configuration: {
      baseURL: `${url}/v1`,
      defaultHeaders: { "x-api-key": keyAt(9), cookie: `session=${keyAt(10)}` },
      defaultQuery: { key: keyAt(11), sig: keyAt(12) },
    },
  });
}

async function models(url: string, config: Config): Promise<void> {
  const messages = [
    new SystemMessage(allKeys()),
    ...KEYS.map(
      ({ secret }) => new HumanMessage({ content: writings(secret).join(" "), name: "me" }),
    ),
    new HumanMessage({
      content: [
        { type: "text", text: allKeys() },
        { type: "image_url", image_url: { url: `https://host.example/a.png?sig=${keyAt(13)}` } },
      ],
      additional_kwargs: { secret: keyAt(14) },
    }),
    new AIMessage({
      content: allKeys(),
      tool_calls: KEYS.map(({ secret }, index) => ({
        id: `call_${index}`,
        name: "look",
        args: { [secret]: writings(secret), nested: { list: [{ password: secret }] } },
      })),
    }),
    ...KEYS.map(
      ({ secret }, index) =>
        new ToolMessage({ tool_call_id: `call_${index}`, content: JSON.stringify({ secret }) }),
    ),
  ];
  const definition = {
    name: "look",
    description: allKeys(),
    schema: { type: "object", properties: { said: { type: "string", description: allKeys() } } },
  };
  await model(url, "echo").invoke(messages, config);
  await model(url, `echo ${keyAt(15)}`).invoke(messages, config);
  await model(url, "tool").bindTools([definition]).invoke(messages, config);
  for await (const _part of await model(url, "tool")
    .bindTools([definition])
    .stream(messages, config)) {
    // To its end.
  }
  await quietly(() => model(url, "error").invoke(messages, config));
  await quietly(() => model(url, "error").stream(messages, config));
  await quietly(() =>
    model(url.replace("//", `//user:${keyAt(16)}@`), "echo").invoke("Hi", config),
  );
  await quietly(() => model(`http://127.0.0.1:1/${keyAt(17)}`, "echo").invoke("Hi", config));
  for await (const _part of await model(url, "echo").stream(messages, config)) {
    // To its end.
  }
  let chunks = 0;
  for await (const _part of await model(url, "echo").stream(messages, config)) {
    chunks += 1;
    if (chunks === 100) break;
  }
  await quietly(async () => {
    for await (const _part of await model(url, "break").stream(messages, config)) {
      // To where it breaks.
    }
  });
  const events = model(url, "echo").streamEvents(messages, { ...config, version: "v2" });
  for await (const _part of events) {
    // To its end.
  }
  await model(url, "echo").batch([messages, messages], config);
}

/** An error with keys in all that it has. */
function indiscreetError(): Error {
  const [inner, middle] = [new Error(allKeys()), new TypeError(keyAt(18))];
  const error = new Error(`Failed with ${allKeys()}`, {
    cause: Object.assign(middle, { cause: inner }),
  });
  return Object.assign(error, {
    name: `Error-${keyAt(19)}`,
    code: keyAt(20),
    status: 401,
    headers: { authorization: `Bearer ${keyAt(21)}` },
    stack: `${error.stack ?? ""}\n    at (https://user:${keyAt(22)}@host.example/a.js?key=${keyAt(23)}:1:1)\n${allKeys()}`,
  });
}

async function tools(config: Config): Promise<void> {
  const named = { description: allKeys(), schema: z.object({ said: z.string() }) };
  const look = tool(
    ({ said }) => ({ said, api_key: keyAt(24), list: KEYS.map((key) => key.text) }),
    {
      ...named,
      name: "look",
    },
  );
  await look.invoke({ said: allKeys() }, config);
  for (const [index, { secret }] of KEYS.entries()) {
    const text = writings(secret)[index % 6] ?? secret;
    await tool(() => text, { ...named, name: `look ${secret}` }).invoke({ said: text }, config);
  }
  const fail = tool(() => Promise.reject(indiscreetError()), { ...named, name: "fail" });
  await quietly(() => fail.invoke({ said: allKeys() }, config));
  await quietly(() => fail.invoke({ wrong: allKeys() } as never, config));
  for (const { secret } of KEYS) {
    const failing = RunnableLambda.from(() =>
      Promise.reject(new Error(writings(secret).join(" "))),
    );
    await quietly(() => failing.invoke(secret, { ...config, runName: secret }));
    // What is thrown need be no error.
    await quietly(() => RunnableLambda.from(() => Promise.reject(secret)).invoke(secret, config));
  }
}

async function agents(url: string, config: Config): Promise<void> {
  const inner = createAgent({ model: model(url, "echo"), tools: [], name: `inner ${keyAt(26)}` });
  const look = tool(
    async ({ said }, { callbacks = [], metadata = {} }: ToolRunnableConfig) => {
      const { messages } = await inner.invoke({ messages: [said] }, { callbacks, metadata });
      return messages.at(-1)?.text ?? "";
    },
    { name: "look", description: allKeys(), schema: z.object({ said: z.string() }) },
  );
  const agent = createAgent({
    model: model(url, "tool"),
    tools: [look],
    systemPrompt: allKeys(),
    name: `agent ${keyAt(25)}`,
  });
  await agent.invoke({ messages: [{ role: "user", content: allKeys() }] }, config);
  const { runName: _runName, ...rest } = config;
  await agent.invoke({ messages: [{ role: "user", content: allKeys() }] }, rest);
  for await (const _part of await agent.stream(
    { messages: [{ role: "user", content: allKeys() }] },
    { ...rest, streamMode: "messages" },
  )) {
    // To its end.
  }
}

async function graphs(config: Config): Promise<void> {
  const State = Annotation.Root({ said: Annotation<string> });
  const node = `ask ${keyAt(26)}`;
  const graph = new StateGraph(State)
    .addNode(node, ({ said }) => ({ said: said + String(interrupt(allKeys())) }))
    .addNode("fail", () => Promise.reject(indiscreetError()))
    .addEdge(START, node)
    .addEdge(node, "fail")
    .addEdge("fail", END)
    .compile({ name: `graph ${keyAt(27)}`, checkpointer: new MemorySaver() });
  const { runName: _runName, ...rest } = config;
  const asked = { ...rest, configurable: { thread_id: keyAt(28), api_key: keyAt(29) } };
  await graph.invoke({ said: allKeys() }, asked);
  await quietly(() => graph.invoke(new Command({ resume: allKeys() }), asked));
}

class Shelf extends BaseRetriever {
  override lc_namespace = ["test"];

  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    if (query === "fail") throw indiscreetError();
    return KEYS.map(
      ({ text, secret }) =>
        new Document({ id: secret, pageContent: text, metadata: { source: secret, secret } }),
    );
  }
}

async function retrieval(url: string, config: Config): Promise<void> {
  await new Shelf({ metadata: { source: keyAt(1) } }).invoke(allKeys(), config);
  await quietly(() => new Shelf().invoke("fail", config));
  const embeddings = (name: string): OpenAIEmbeddings =>
    new OpenAIEmbeddings({
      model: name,
      apiKey: keyAt(2),
      maxRetries: 0,
      encodingFormat: "float",
      configuration: { baseURL: `${url}/v1`, defaultQuery: { api_key: keyAt(3) } },
    });
  await embeddings("echo").embedQuery(allKeys());
  await embeddings(`echo ${keyAt(4)}`).embedDocuments([allKeys()]);
  await quietly(() => embeddings("error").embedQuery(allKeys()));
}

async function protocol(): Promise<void> {
  const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: `client ${keyAt(5)}`, version: keyAt(6) });
  const server = new McpServer({ name: `server ${keyAt(7)}`, version: keyAt(8) });
  const inputSchema = { said: z.string() };
  const name = `look-${keyAt(9)}`;
  server.registerTool(name, { inputSchema, description: allKeys() }, async ({ said }) => ({
    content: [{ type: "text", text: said }],
  }));
  server.registerTool("fail", { inputSchema }, () => Promise.reject(indiscreetError()));
  server.registerResource("file", `file:///a?key=${keyAt(10)}`, {}, async (uri) => ({
    contents: [{ uri: uri.href, text: allKeys() }],
  }));
  await server.connect(serverTransport);
  await client.connect(clientTransport);
  await client.callTool({ name, arguments: { said: allKeys() }, _meta: { token: keyAt(11) } });
  await quietly(() => client.callTool({ name: "fail", arguments: { said: allKeys() } }));
  await quietly(() => client.callTool({ name: `none ${keyAt(12)}`, arguments: {} }));
  await quietly(() => client.readResource({ uri: `file:///a?key=${keyAt(10)}` }));
  await quietly(() => client.readResource({ uri: `https://user:${keyAt(13)}@host.example/` }));
  await client.close();
  await server.close();
}

/** What nobody but an instrumentation of HTTP sees. */
async function requests(url: string): Promise<void> {
  for (const { secret } of KEYS) {
    const query = `key=${encodeURIComponent(secret)}&api_key=${encodeURIComponent(secret)}`;
    const headers = {
      authorization: `Bearer ${secret}`,
      "x-api-key": secret,
      cookie: `a=${secret}`,
    };
    await (await fetch(`${url}/a/${encodeURIComponent(secret)}?${query}`, { headers })).text();
    await new Promise<void>((resolve, reject) => {
      const options = { headers, auth: `user:${secret}` };
      get(`${url}/b?${query}`, options, (response) => response.resume().on("end", resolve)).on(
        "error",
        reject,
      );
    });
  }
  await quietly(() => fetch(`http://127.0.0.1:1/?key=${keyAt(14)}`));
}

/** Spans and log records of the program's own. */
function ownTelemetry(): void {
  const tracer = api.trace.getTracer("own");
  for (const { text, secret } of KEYS) {
    const link = { context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 } };
    const span = tracer.startSpan(`GET /${secret}`, {
      attributes: {
        "http.request.header.x-api-key": [secret],
        "http.request.header.authorization": `Bearer ${secret}`,
        "url.query": `key=${secret}`,
        [secret]: true,
        listed: ["--api-key", secret],
        text: writings(text),
      },
      links: [{ ...link, attributes: { said: secret } }],
    });
    span.addEvent(`said ${secret}`, { secret, said: JSON.stringify({ said: secret }) });
    span.addLink({ ...link, attributes: { said: [text] } });
    span.recordException(indiscreetError());
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: `Failed with ${text}` });
    span.end();
    const { logs } = api as { logs?: { getLogger(name: string): { emit(record: object): void } } };
    const logger = logs?.getLogger("own");
    logger?.emit({
      body: `Key: ${text}`,
      severityText: secret,
      attributes: { secret, [secret]: 1 },
    });
    logger?.emit({
      body: { said: [{ api_key: secret }], bytes: new TextEncoder().encode(secret) },
      eventName: "own.event",
      attributes: { headers: { authorization: `Basic ${secret}` }, list: [["x-api-key", secret]] },
      exception: indiscreetError(),
    });
  }
}

async function quietly(fn: () => Promise<unknown>): Promise<void> {
  try {
    await fn();
  } catch {
    // The program's own failure, that it has made itself.
  }
}
