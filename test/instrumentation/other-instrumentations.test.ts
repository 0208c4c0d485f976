import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";
import type { Callbacks } from "@langchain/core/callbacks/manager";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { context, diag, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";
import { Client } from "langsmith";
import * as openai from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { instrumentEmbeddings } from "../../src/langchain/embeddings/instrument-embeddings.ts";
import { warnOfLangSmith } from "../../src/langchain/langsmith-otel.ts";
import { reportedElsewhere } from "../../src/langchain/other-instrumentation.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { RunTracer } from "../../src/langchain/run-tracer.ts";
import type { HandlerOptions } from "../../src/options.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { createEmbeddings, createTextModel, network, providers } from "../support/providers.ts";

let telemetry: TestTelemetry;
let ours: LangChainInstrumentation;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  await network.listen();
});
afterEach(() => {
  ours.disable();
  network.reset();
  telemetry.reset();
  expect(runRegistry().size).toBe(0);
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

async function attach(options: HandlerOptions = {}): Promise<void> {
  ours = new LangChainInstrumentation(options);
  await ours.ready;
}

interface Definition {
  patch(module: unknown): unknown;
  unpatch(module: unknown): void;
}

/** The real one, on the real module; how it gets there in an application is between it and Node. */
class Theirs {
  readonly #instrumentation = new OpenAIInstrumentation();

  enable(): void {
    this.#definition().patch(openai);
    this.#instrumentation.setTracerProvider(telemetry.tracerProvider);
    this.#instrumentation.setMeterProvider(telemetry.meterProvider);
  }

  disable(): void {
    this.#definition().unpatch(openai);
    this.#instrumentation.disable();
  }

  #definition(): Definition {
    const { _modules } = this.#instrumentation as unknown as { _modules: Definition[] };
    return _modules[0]!;
  }
}

/** Names only, with what made the span. */
function outline(spans: readonly SpanNode[]): unknown[] {
  return spans.map(({ name, children }) =>
    children.length === 0 ? name : [name, outline(children)],
  );
}

describe("where another instrumentation reports OpenAI's client", () => {
  let theirs: Theirs;
  beforeEach(() => {
    theirs = new Theirs();
    theirs.enable();
  });
  afterEach(() => theirs.disable());

  it("its span and its token counts are the only ones, from the first call on", async () => {
    await attach();
    const model = providers.openai.create();
    await model.invoke("hi");
    await drain(await model.stream("hi"));
    expect(outline(telemetry.tree())).toEqual(["chat gpt-5.4-mini", "chat gpt-5.4-mini"]);
    expect(await counts()).toEqual({
      "gen_ai.client.operation.duration": 2,
      "gen_ai.client.token.usage": 4,
      "langchain.llm.calls": 2,
    });
  });

  it("its span stands in our tree where ours would, and our sums are complete", async () => {
    await attach();
    await graphOf(providers.openai.create()).invoke({
      messages: [{ role: "user", content: "hi" }],
    });
    const [root] = telemetry.tree();
    expect(outline([root!])).toEqual([
      ["invoke_workflow chat", [["node model", ["chat gpt-5.4-mini"]]]],
    ]);
    expect(root?.attributes["langchain.tokens.total"]).toBe(2600);
  });

  it("so it is for OpenAI's Responses API and for embeddings", async () => {
    await attach();
    await providers["openai-responses"].create().invoke("hi");
    const embeddings = instrumentEmbeddings(createEmbeddings());
    await embeddings.embedQuery("hi");
    expect(outline(telemetry.tree())).toEqual([
      "chat gpt-5.4-mini",
      "embeddings text-embedding-3-small",
    ]);
    expect((await counts())["gen_ai.client.operation.duration"]).toBe(2);
  });

  it("what it does not report, we do", async () => {
    await attach();
    await createTextModel().invoke("hi");
    await providers.anthropic.create().invoke("hi");
    expect(outline(telemetry.tree())).toEqual(["gen_ai.text_completion", "gen_ai.chat"]);
  });

  it('both report with `otherInstrumentation: "both"`', async () => {
    await attach({ otherInstrumentation: "both" });
    await providers.openai.create().invoke("hi");
    expect(outline(telemetry.tree())).toEqual([["gen_ai.chat", ["chat gpt-5.4-mini"]]]);
    expect((await counts())["gen_ai.client.operation.duration"]).toBe(2);
  });

  it("ours are back when it is gone", async () => {
    await attach();
    const model = providers.openai.create();
    await model.invoke("hi");
    theirs.disable();
    await model.invoke("hi");
    theirs.enable();
    expect(outline(telemetry.tree())).toEqual(["chat gpt-5.4-mini", "gen_ai.chat"]);
  });

  it("it sees what it saw without us", async () => {
    const seen = async (): Promise<unknown> => {
      const model = providers.openai.create();
      await model.invoke("hi");
      await drain(await model.stream("hi"));
      const spans = telemetry.tree();
      const usage = (await telemetry.metrics()).filter(({ name }) => name.endsWith("token.usage"));
      telemetry.reset();
      return { spans, usage };
    };
    const without = await seen();
    await attach();
    expect(await seen()).toEqual(without);
  });

  it("a model is not changed by our looking for it", async () => {
    await attach();
    const model = new ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: "k",
      maxRetries: 0,
      configuration: {
        fetch: () => {
          throw new Error("not sent");
        },
      },
    });
    const { completions } = model as unknown as { completions: { client?: unknown } };
    const run = reportedElsewhere(new RunTracer(), model, {
      kind: "model",
      operation: "chat",
      provider: "openai",
    });
    expect(run).toBe(true);
    expect(completions.client).toBe(undefined);
  });
});

describe("a wrapper of the application's own round OpenAI's client", () => {
  it("is no instrumentation: ours reports", async () => {
    const { prototype } = openai.OpenAI.Chat.Completions;
    const original = prototype.create;
    prototype.create = function create(this: unknown, ...args: unknown[]) {
      return (original as unknown as (...all: unknown[]) => never).apply(this, args);
    };
    try {
      await attach();
      await providers.openai.create().invoke("hi");
    } finally {
      prototype.create = original;
    }
    expect(outline(telemetry.tree())).toEqual(["gen_ai.chat"]);
  });
});

describe("other listeners of LangChain's see what they saw without us", () => {
  it("LangSmith's tracing", async () => {
    const langsmith = await startLangSmith();
    vi.stubEnv("LANGSMITH_TRACING", "true");
    try {
      const recorded = async (): Promise<unknown> => {
        const client = new Client({
          apiUrl: langsmith.url,
          apiKey: "k",
          autoBatchTracing: false,
          blockOnRootRunFinalization: true,
        });
        await exercise([new LangChainTracer({ client, projectName: "p" })]);
        await awaitAllCallbacks();
        return langsmith.take();
      };
      const without = (await recorded()) as unknown[];
      expect(without.length).toBeGreaterThan(10);
      await attach();
      expect(await recorded()).toEqual(without);
      expect(telemetry.spans().length).toBeGreaterThan(0);
    } finally {
      await langsmith.close();
    }
  });

  it("a handler of the application's own", async () => {
    const recorded = async (): Promise<unknown> => {
      const calls: unknown[] = [];
      await exercise([recorder(calls)]);
      return normal(calls);
    };
    const without = (await recorded()) as unknown[];
    expect(without.length).toBeGreaterThan(10);
    await attach();
    expect(await recorded()).toEqual(without);
  });
});

describe("a callback handler that makes spans of its own, as Langfuse's does", () => {
  it("sees what it saw without us, and our spans are what they are without it", async () => {
    const spansOf = async (callbacks: Callbacks): Promise<Record<"theirs" | "ours", unknown>> => {
      telemetry.reset();
      await exercise(callbacks);
      const spans = telemetry.spans().map((span) => ({
        scope: span.instrumentationScope.name,
        name: span.name,
        above: telemetry
          .spans()
          .find((each) => each.spanContext().spanId === span.parentSpanContext?.spanId)?.name,
        attributes: normal(span.attributes),
      }));
      const by = (isTheirs: boolean): unknown =>
        spans.filter(({ scope }) => (scope === "theirs") === isTheirs);
      return { theirs: by(true), ours: by(false) };
    };
    const alone = await spansOf([spanMaker()]);
    await attach();
    const withoutThem = await spansOf([]);
    const together = await spansOf([spanMaker()]);
    expect(alone.theirs).toHaveLength(12);
    expect(together.theirs).toEqual(alone.theirs);
    expect(together.ours).toEqual(withoutThem.ours);
  });
});

describe("LangSmith's OpenTelemetry mode", () => {
  const warnings = (env: Record<string, string>): string[] => {
    const told: string[] = [];
    const warn = (text: string): void => void told.push(text);
    const none = (): void => undefined;
    diag.setLogger({ warn, error: none, info: none, debug: none, verbose: none });
    try {
      warnOfLangSmith(env);
    } finally {
      diag.disable();
    }
    return told;
  };

  it("is told of once, and only when it is on", () => {
    const tracing = { LANGSMITH_TRACING: "true" };
    const off = [
      {},
      tracing,
      { LANGSMITH_OTEL_ENABLED: "true" },
      { ...tracing, OTEL_ENABLED: "true", LANGSMITH_TRACING_MODE: "langsmith" },
    ];
    expect(off.flatMap(warnings)).toEqual([]);
    expect(warnings({ ...tracing, LANGSMITH_OTEL_ENABLED: "true" })).toEqual([
      expect.stringContaining("LangSmith's OpenTelemetry mode is on"),
    ]);
    expect(warnings({ ...tracing, OTEL_ENABLED: "true" })).toEqual([]);
  });
});

describe("the application's own active span", () => {
  it("is neither ended nor written to", async () => {
    await attach();
    await trace.getTracer("app").startActiveSpan("request", async (span) => {
      const touched: string[] = [];
      for (const method of METHODS) {
        const own = span[method].bind(span) as (...args: unknown[]) => unknown;
        Object.assign(span, {
          [method]: (...args: unknown[]) => {
            touched.push(method);
            return own(...args);
          },
        });
      }
      await exercise([]);
      await expect(failing().invoke("hi")).rejects.toThrow();
      expect(trace.getSpan(context.active())).toBe(span);
      expect(span.isRecording()).toBe(true);
      expect(touched).toEqual([]);
      span.end();
    });
    const root = telemetry.tree().find(({ name }) => name === "request");
    expect(root).toMatchObject({ status: "UNSET", attributes: {}, events: [] });
    expect(telemetry.tree()).toHaveLength(1);
  });
});

// --- internal ---

const METHODS = [
  "setAttribute",
  "setAttributes",
  "addEvent",
  "addLink",
  "setStatus",
  "updateName",
  "end",
  "recordException",
] as const;

/** What runs of every kind there are: a graph with a model, a tool, and a stream. */
async function exercise(callbacks: Callbacks): Promise<void> {
  const question = { messages: [{ role: "user", content: "hi" }] };
  const model = providers.anthropic.create();
  await graphOf(model).invoke(question, { callbacks });
  await drain(await graphOf(model).stream(question, { callbacks, streamMode: "messages" }));
  const double = tool(({ n }: { n: number }) => String(n * 2), {
    name: "double",
    schema: z.object({ n: z.number() }),
  });
  await double.invoke({ n: 1 }, { callbacks, tags: ["t"], metadata: { m: 1 } });
  const chain = RunnableLambda.from((text: string) => `${text}!`).pipe(model);
  await drain(await chain.stream("hi", { callbacks }));
}

function failing(): ChatOpenAI {
  network.failWith("openai", 401, "openai.error.401.json");
  return providers.openai.create() as ChatOpenAI;
}

function graphOf(model: BaseChatModel) {
  return new StateGraph(MessagesAnnotation)
    .addNode("model", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addEdge("__start__", "model")
    .compile({ name: "chat" });
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** How many measurements there are of what could be counted twice, and of one that is ours alone. */
async function counts(): Promise<Record<string, number>> {
  const told = ["gen_ai.client.operation.duration", "gen_ai.client.token.usage"];
  const own = "langchain.llm.calls";
  const sums: Record<string, number> = {};
  for (const { name, points } of await telemetry.metrics()) {
    if (!told.includes(name) && name !== own) continue;
    for (const point of points)
      sums[name] = (sums[name] ?? 0) + ("count" in point ? point.count : point.value);
  }
  return sums;
}

/** A span for each run, below that of the run above. */
function spanMaker(): CallbackHandlerMethods {
  const open = new Map<string, Span>();
  const start = (run: unknown, parent: unknown): void => {
    const above = open.get(String(parent));
    const below = above === undefined ? context.active() : trace.setSpan(ROOT_CONTEXT, above);
    open.set(String(run), trace.getTracer("theirs").startSpan("run", {}, below));
  };
  const end = (_: unknown, run: unknown): void => open.get(String(run))?.end();
  const starting = (_: unknown, __: unknown, run: unknown, parent: unknown): void =>
    start(run, parent);
  const names = ["Chain", "LLM", "Tool"];
  return Object.fromEntries([
    ...["Chain", "ChatModel", "Tool"].map((name) => [`handle${name}Start`, starting]),
    ...names.flatMap((name) => [
      [`handle${name}End`, end],
      [`handle${name}Error`, end],
    ]),
  ]);
}

function recorder(calls: unknown[]): CallbackHandlerMethods {
  const methods = [
    "handleChainStart",
    "handleChainEnd",
    "handleChainError",
    "handleChatModelStart",
    "handleLLMNewToken",
    "handleLLMEnd",
    "handleLLMError",
    "handleToolStart",
    "handleToolEnd",
  ];
  return Object.fromEntries(
    methods.map((method) => [method, (...args: unknown[]) => void calls.push([method, args])]),
  );
}

/** LangSmith's API, as far as runs are sent to it. */
async function startLangSmith() {
  let runs: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      if (request.url?.startsWith("/runs") === true) runs.push([request.method, JSON.parse(body)]);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** In an order of their own: the requests are under way together. */
    take(): unknown {
      const taken = (normal(runs) as unknown[]).map((run) => JSON.stringify(run)).toSorted();
      runs = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const CHANGING =
  /_time$|time_to_first|run\.id$|^time$|dotted_order|memory|latency|x-request|checkpoint_ns|langgraph_path/;

/** Without what is different every time: ids and times. */
function normal(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => (CHANGING.test(key) ? "*" : each));
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "*")) as unknown;
}
