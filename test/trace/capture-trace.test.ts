import type { AIMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { type Context, context, diag, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import {
  type CapturedSpan,
  type CapturedTrace,
  captureTrace,
  type TraceCollector,
  withRootSpan,
} from "../../src/trace/index.ts";
import { type AgentServer, startAgentServer } from "../support/agent-server.ts";
import { deferred } from "../support/deferred.ts";
import { ScriptedChatModel } from "../support/scripted-models.ts";

let server: AgentServer;
beforeAll(async () => {
  server = await startAgentServer();
});
afterAll(() => server.close());
afterEach(() => {
  expect(runRegistry().size).toBe(0);
});

const says = (...words: string[]): ScriptedChatModel =>
  new ScriptedChatModel(async function* () {
    yield* words;
  });

const search = tool(({ query }) => `found ${query}`, {
  name: "search",
  description: "Searches.",
  schema: z.object({ query: z.string() }),
});

function ask(question: string, callbacks: OpenTelemetryCallbackHandler[] = []): Promise<unknown> {
  const agent = createAgent({ model: server.model(), tools: [search], name: "planner" });
  return agent.invoke(
    { messages: [{ role: "user", content: question }] },
    { callbacks, configurable: { thread_id: "t1" } },
  );
}

/** A line a span: its name below the names of its parents. */
function outline({ spans }: CapturedTrace): string[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const path = (span: CapturedSpan | undefined): string =>
    span === undefined
      ? ""
      : `${path(byId.get(span.parent_span_id ?? ""))}${span.parent_span_id === null ? "" : " > "}${span.name}`;
  return spans.map(path);
}

const AGENT = [
  "invoke_agent planner",
  "invoke_agent planner > node model_request",
  "invoke_agent planner > node model_request > gen_ai.chat",
  "invoke_agent planner > node tools",
  "invoke_agent planner > node tools > execute_tool search",
  "invoke_agent planner > node model_request",
  "invoke_agent planner > node model_request > gen_ai.chat",
];

/** What is the same however it was captured. */
const shapeOf = ({ agent, session, spans }: CapturedTrace): object => ({
  agent,
  session,
  spans: spans.map(({ name, status, attributes }) => ({
    name,
    status,
    attributes: { ...attributes, "langchain.run.id": undefined },
  })),
});

function collecting(): TraceCollector & { readonly traces: CapturedTrace[] } {
  const traces: CapturedTrace[] = [];
  return { traces, collect: (made) => void traces.push(made) };
}

describe("captureTrace without an SDK", () => {
  it("gives back the result, and the spans of an agent as plain JSON", async () => {
    const before = Date.now();
    const { result, trace: captured } = await captureTrace(() => ask("Where to?"));
    expect((result as { messages: AIMessage[] }).messages.at(-1)?.text).toBeTypeOf("string");
    expect(outline(captured)).toEqual(AGENT);
    expect(captured).toMatchObject({ agent: "planner", session: "t1" });
    expect(captured.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(captured.spans[0] ?? {})).toEqual([
      "name",
      "span_id",
      "parent_span_id",
      "start_time",
      "end_time",
      "duration_ms",
      "attributes",
      "status",
    ]);
    expect(JSON.parse(JSON.stringify(captured))).toEqual(captured);
    expect(new Set(captured.spans.map((span) => span.span_id)).size).toBe(AGENT.length);
    for (const span of captured.spans) {
      expect(span.span_id).toMatch(/^[0-9a-f]{16}$/);
      expect(new Date(span.start_time).toISOString()).toBe(span.start_time);
      expect(Date.parse(span.start_time)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(span.end_time ?? "")).toBe(
        Math.floor(Date.parse(span.start_time) + (span.duration_ms ?? Number.NaN)),
      );
      expect(span.status).toBe("UNSET");
    }
    expect(captured.spans[2]?.attributes).toMatchObject({
      "gen_ai.agent.name": "planner",
      "gen_ai.conversation.id": "t1",
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 20,
    });
  });

  it("says of agent and session what it is told", async () => {
    const { trace: captured } = await captureTrace(() => says("Hi").invoke("Hi"), {
      agent: "a",
      session: "s",
    });
    expect(captured).toMatchObject({ agent: "a", session: "s" });
  });

  it("has no words of the conversation in it, unless the application asks for them", async () => {
    const { trace: captured } = await captureTrace(() => ask("The word is abracadabra"));
    expect(JSON.stringify(captured)).not.toMatch(/abracadabra|found/);
    const handler = new OpenTelemetryCallbackHandler({ captureContent: "span" });
    const asked = await captureTrace(() => ask("abracadabra, jo@example.com", [handler]));
    const text = JSON.stringify(asked.trace);
    expect(text).toContain("abracadabra");
    expect(text).not.toContain("jo@example.com");
    expect(outline(asked.trace)).toEqual(AGENT);
  });

  it("makes one trace of several runs, and one of none", async () => {
    const { trace: captured } = await captureTrace(async () => {
      await says("a").invoke("1");
      await says("b").invoke("2");
    });
    expect(captured.spans.map((span) => [span.name, span.parent_span_id])).toEqual([
      ["gen_ai.chat", null],
      ["gen_ai.chat", null],
    ]);
    const { result, trace: empty } = await captureTrace(() => 7);
    expect(result).toBe(7);
    expect(empty).toEqual({ trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), spans: [] });
  });

  it("rejects with the very error, and the collector has the trace", async () => {
    const error = new TypeError("no such city");
    const failing = RunnableLambda.from(() => {
      throw error;
    });
    const collector = collecting();
    await expect(captureTrace(() => failing.invoke("x"), { collector })).rejects.toBe(error);
    expect(collector.traces.map(({ spans }) => spans)).toEqual([
      [
        expect.objectContaining({
          name: "chain RunnableLambda",
          status: "ERROR",
          status_message: "no such city",
          attributes: expect.objectContaining({ "error.type": "TypeError" }),
        }),
      ],
    ]);
    const thrown = captureTrace(
      () => {
        throw error;
      },
      { collector },
    );
    await expect(thrown).rejects.toBe(error);
    expect(collector.traces).toHaveLength(2);
  });

  it("lets nothing of a collector's through", async () => {
    const report = vi.spyOn(diag, "error").mockImplementation(() => {});
    const collector = {
      collect: (): never => {
        throw new Error("full");
      },
    };
    const { result } = await captureTrace(() => says("Hi").invoke("x"), { collector });
    expect(result.text).toBe("Hi");
    expect(report).toHaveBeenCalledTimes(1);
  });

  it("keeps 50 at once apart", async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        captureTrace(() => ask(`${index}`), { agent: `agent ${index}` }),
      ),
    );
    expect(new Set(all.map(({ trace: { trace_id } }) => trace_id)).size).toBe(50);
    expect(new Set(all.flatMap((each) => each.trace.spans.map((s) => s.span_id))).size).toBe(
      50 * AGENT.length,
    );
    for (const { trace: captured } of all) expect(outline(captured)).toEqual(AGENT);
  });

  it("has nothing of what runs beside it", async () => {
    const [inside, done] = [deferred(), deferred()];
    const capturing = captureTrace(async () => {
      inside.resolve();
      await done.promise;
      return says("in").invoke("x");
    });
    await inside.promise;
    await ask("beside");
    done.resolve();
    expect(outline((await capturing).trace)).toEqual(["gen_ai.chat"]);
  });

  it("has what another one inside has, with the same ids", async () => {
    const { result: inner, trace: outer } = await captureTrace(async () => {
      await says("a").invoke("1");
      return withRootSpan("step", async () => {
        const captured = await captureTrace(() => says("b").invoke("2"));
        return captured.trace;
      });
    });
    expect(outline(outer)).toEqual(["gen_ai.chat", "step", "step > gen_ai.chat"]);
    expect(inner.trace_id).toBe(outer.trace_id);
    expect(inner.spans).toEqual([outer.spans[2]]);
  });

  it("is one trace with another one inside, where no span is round that one", async () => {
    const { result: inner, trace: outer } = await captureTrace(async () => {
      await says("a").invoke("1");
      return captureTrace(() => says("b").invoke("2"));
    });
    expect(inner.trace).toEqual({ ...outer, spans: outer.spans.slice(1) });
    expect(inner.trace.spans).toHaveLength(1);
  });

  it("goes on where streams are read", async () => {
    const { trace: captured } = await captureTrace(async () => {
      for await (const chunk of await says("a", "b", "c").stream("x")) void chunk;
    });
    expect(captured.spans.map(({ name, end_time: end }) => [name, end !== null])).toEqual([
      ["gen_ai.chat", true],
    ]);
  });

  it("shows what is not over as open", async () => {
    const { result: stream, trace: captured } = await captureTrace(async () => {
      const reader = (await says("a", "b").stream("x"))[Symbol.asyncIterator]();
      await reader.next();
      return reader;
    });
    expect(captured.spans).toMatchObject([
      { name: "gen_ai.chat", end_time: null, duration_ms: null },
    ]);
    await stream.return?.();
    expect(captured.spans).toMatchObject([{ end_time: null }]);
  });

  it("is only there as long as it lasts", async () => {
    const kept: { context?: Context } = {};
    const { trace: captured } = await captureTrace(async () => {
      kept.context = context.active();
      await says("a").invoke("x");
    });
    expect(context.active()).toBe(ROOT_CONTEXT);
    await context.with(kept.context ?? ROOT_CONTEXT, () => says("b").invoke("x"));
    expect(captured.spans).toHaveLength(1);
    // An SDK that is started afterwards finds the place free.
    const complaint = vi.spyOn(diag, "error");
    createTestTelemetry().shutdown();
    expect(complaint).not.toHaveBeenCalled();
  });

  it("makes the active span's attributes a part of it", async () => {
    const { trace: captured } = await captureTrace(() =>
      withRootSpan("step", () => {
        trace.getActiveSpan()?.setAttributes({ city: "Lisbon", lists: ["a", "b"] });
        trace.getActiveSpan()?.setAttribute("nan", Number.NaN);
      }),
    );
    expect(captured.spans[0]?.attributes).toEqual({ city: "Lisbon", lists: ["a", "b"] });
  });

  it("keeps the first 10,000 spans", async () => {
    const { trace: captured } = await captureTrace(() => {
      for (let index = 0; index < 10_050; index++) withRootSpan(`step ${index}`, () => {});
    });
    expect(captured.spans).toHaveLength(10_000);
    expect(captured.spans.at(-1)?.name).toBe("step 9999");
  });

  it.each([
    ["no function", [7], "Expected the `fn` option to be a function, got 7 (number)"],
    [
      "an unknown option",
      [Number, { name: "x" }],
      "There is no option `name`. The options are agent, session, collector",
    ],
    [
      "a wrong option",
      [Number, { agent: "" }],
      'Expected the `agent` option to be a non-empty string, got "" (string)',
    ],
    [
      "no collector",
      [Number, { collector: {} }],
      "Expected the `collector` option to be a TraceCollector, got an object",
    ],
  ])("refuses %s", async (_, args, message) => {
    const call = captureTrace as unknown as (...args: unknown[]) => Promise<unknown>;
    await expect(call(...args)).rejects.toThrow(message);
  });
});

describe("captureTrace with an SDK", () => {
  let telemetry: TestTelemetry;
  beforeEach(() => {
    telemetry = createTestTelemetry();
    return () => telemetry.shutdown();
  });

  /** The SDK's own spans in the same form. */
  const exported = (): object[] =>
    telemetry
      .spans()
      .map((span) => ({
        name: span.name,
        trace_id: span.spanContext().traceId,
        span_id: span.spanContext().spanId,
        parent_span_id: span.parentSpanContext?.spanId ?? null,
        start: span.startTime[0] * 1000 + Math.floor(span.startTime[1] / 1e6),
        duration: (span.duration[0] * 1000 + span.duration[1] / 1e6).toFixed(3),
        attributes: span.attributes,
      }))
      .toSorted(byId);
  const captured = ({ trace_id, spans }: CapturedTrace): object[] =>
    spans
      .map(({ name, span_id, parent_span_id, start_time, duration_ms, attributes }) => ({
        name,
        trace_id,
        span_id,
        parent_span_id,
        start: Date.parse(start_time),
        duration: duration_ms?.toFixed(3),
        attributes,
      }))
      .toSorted(byId);
  const byId = (a: { span_id: string }, b: { span_id: string }): number =>
    a.span_id < b.span_id ? -1 : 1;

  it("has the very spans that the SDK exports", async () => {
    const { trace: own } = await captureTrace(() => ask("Where to?"));
    expect(outline(own)).toEqual(AGENT);
    expect(captured(own)).toEqual(exported());
  });

  it("is as without", async () => {
    const { trace: withSdk } = await captureTrace(() => ask("Where to?"));
    telemetry.shutdown();
    const { trace: without } = await captureTrace(() => ask("Where to?"));
    expect(shapeOf(without)).toEqual(shapeOf(withSdk));
  });

  it("has one span per run where a handler and the instrumentation are there too", async () => {
    const instrumentation = new LangChainInstrumentation({ attributes: { app: "shop" } });
    await instrumentation.ready;
    const handler = new OpenTelemetryCallbackHandler();
    const { trace: byInstrumentation } = await captureTrace(() => ask("Where to?"));
    const { trace: byHandler } = await captureTrace(() => ask("Where to?", [handler]));
    instrumentation.disable();
    expect(outline(byInstrumentation)).toEqual(AGENT);
    expect(outline(byHandler)).toEqual(AGENT);
    expect([byInstrumentation, byHandler].map((t) => t.spans[0]?.attributes["app"])).toEqual([
      "shop",
      undefined,
    ]);
    expect(telemetry.spans()).toHaveLength(2 * AGENT.length);
  });

  it("makes no spans of what runs beside it", async () => {
    const [inside, done] = [deferred(), deferred()];
    const capturing = captureTrace(async () => {
      inside.resolve();
      await done.promise;
    });
    await inside.promise;
    await ask("beside");
    done.resolve();
    await capturing;
    expect(telemetry.spans()).toEqual([]);
  });

  it("is in the trace of the active span, which it does not have", async () => {
    const tracer = trace.getTracer("app");
    const { own, id } = await tracer.startActiveSpan("request", async (span) => {
      const { trace: made } = await captureTrace(() => says("Hi").invoke("x"));
      span.end();
      return { own: made, id: span.spanContext() };
    });
    expect(own.trace_id).toBe(id.traceId);
    expect(own.spans.map((span) => [span.name, span.parent_span_id])).toEqual([
      ["gen_ai.chat", id.spanId],
    ]);
  });

  it("leaves the application's context manager alone", async () => {
    const complaint = vi.spyOn(diag, "error");
    await captureTrace(() => says("Hi").invoke("x"));
    const key = Symbol("key");
    await context.with(context.active().setValue(key, 7), async () => {
      await Promise.resolve();
      expect(context.active().getValue(key)).toBe(7);
    });
    expect(complaint).not.toHaveBeenCalled();
  });
});

describe("captureTrace round the start of an SDK", () => {
  it("leaves it what follows asynchronous work, which it relies on", async () => {
    const telemetry = createTestTelemetry({ global: false });
    try {
      await captureTrace(() => trace.setGlobalTracerProvider(telemetry.tracerProvider));
      await trace.getTracer("app").startActiveSpan("request", async (span) => {
        await Promise.resolve();
        expect(trace.getActiveSpan()).toBe(span);
        span.end();
      });
    } finally {
      context.disable();
      trace.disable();
      telemetry.shutdown();
    }
  });
});

describe("captureTrace with an SDK that samples nothing", () => {
  it("has all spans, with the ids that are sent to others", async () => {
    const telemetry = createTestTelemetry({ sampler: new AlwaysOffSampler() });
    try {
      const ids: unknown[] = [];
      const looking = tool(
        () => {
          const { traceId, spanId, traceFlags } = trace.getActiveSpan()?.spanContext() ?? {};
          ids.push([traceId, spanId, traceFlags]);
          return "x";
        },
        { name: "look", description: "Looks.", schema: z.object({ query: z.string() }) },
      );
      const { trace: own } = await captureTrace(() => looking.invoke({ query: "x" }));
      expect(outline(own)).toEqual(["execute_tool look"]);
      expect(own.spans[0]?.attributes).toMatchObject({ "gen_ai.tool.name": "look" });
      expect(ids).toEqual([[own.trace_id, own.spans[0]?.span_id, 0]]);
      expect(telemetry.spans()).toEqual([]);
    } finally {
      telemetry.shutdown();
    }
  });
});
