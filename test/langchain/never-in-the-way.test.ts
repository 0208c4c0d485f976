import { ChatOpenAI } from "@langchain/openai";
import {
  context,
  diag,
  type DiagLogger,
  DiagLogLevel,
  metrics,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { network, providers } from "../support/providers.ts";

const question = "What is the capital of France?";
const answer = "The capital of France is Paris.";
const reports: string[] = [];
const logger = Object.fromEntries(
  ["verbose", "debug", "info", "warn", "error"].map((level) => [
    level,
    (message: string) => void reports.push(`${level}: ${message}`),
  ]),
) as unknown as DiagLogger;

beforeAll(() => network.listen());
beforeEach(() => {
  reports.length = 0;
  diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
});
afterEach(() => {
  diag.disable();
  network.reset();
});
afterAll(() => network.close());

function throwing(what: string): never {
  throw new Error(`${what} is broken`);
}

async function ask(handler: OpenTelemetryCallbackHandler): Promise<string> {
  const { text } = await providers.openai.create().invoke(question, { callbacks: [handler] });
  return text;
}

describe("the application gets its answer, and one report is made,", () => {
  it.each([
    ["the tracer provider", { tracerProvider: { getTracer: () => throwing("getTracer") } }],
    [
      "the tracer",
      {
        tracerProvider: {
          getTracer: () => ({
            startSpan: () => throwing("startSpan"),
            startActiveSpan: () => throwing("x"),
          }),
        },
      },
    ],
    ["the meter provider", { meterProvider: { getMeter: () => throwing("getMeter") } }],
    [
      "the span",
      {
        tracerProvider: {
          getTracer: () => ({
            startSpan: () => brokenSpan(),
            startActiveSpan: () => throwing("x"),
          }),
        },
      },
    ],
  ])("when %s throws", async (_, options) => {
    const handler = new OpenTelemetryCallbackHandler(options as object);
    expect(await ask(handler)).toBe(answer);
    expect(await ask(handler)).toBe(answer);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatch(
      /^error: langchain-otel: .+ failed; telemetry of this kind is incomplete/,
    );
    expect(runRegistry().size).toBe(0);
  });

  it("when the diag logger throws as well", async () => {
    diag.setLogger(
      Object.fromEntries(
        Object.keys(logger).map((level) => [level, () => throwing("diag")]),
      ) as never,
      {
        suppressOverrideMessage: true,
      },
    );
    expect(
      await ask(
        new OpenTelemetryCallbackHandler({
          meterProvider: { getMeter: () => throwing("getMeter") },
        }),
      ),
    ).toBe(answer);
  });
});

function brokenSpan(): object {
  return {
    isRecording: () => true,
    spanContext: () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 }),
    setAttributes: () => throwing("setAttributes"),
    addEvent: () => throwing("addEvent"),
    setStatus: () => throwing("setStatus"),
    end: () => undefined,
  };
}

describe("callbacks with anything in them", () => {
  const bad: unknown[] = [
    undefined,
    null,
    "text",
    42,
    [],
    {},
    { generations: null },
    { generations: [[undefined]] },
    { generations: [[{ message: null }]] },
    {
      generations: [
        [
          {
            message: {
              usage_metadata: { input_tokens: -1, output_tokens: Number.NaN },
              response_metadata: "x",
            },
          },
        ],
      ],
    },
    {
      generations: [
        [{ message: { usage_metadata: { input_tokens: 1n, output_tokens: "7" }, id: 5 } }],
      ],
    },
    Object.defineProperty({}, "generations", { get: () => throwing("a getter") }),
  ];

  it.each(bad.map((value, at) => [at, value]))("end their run (%i)", (at, value) => {
    const telemetry = createTestTelemetry();
    const handler = new OpenTelemetryCallbackHandler() as unknown as Record<
      string,
      (...args: unknown[]) => void
    >;
    for (const run of ["start", "end", "token", "event"]) {
      const id = `${run}-${String(at)}`;
      handler["handleChatModelStart"]?.(
        run === "start" ? value : {},
        value,
        id,
        undefined,
        run === "start" ? value : {},
        value,
        value,
      );
      if (run === "token")
        handler["handleLLMNewToken"]?.(value, value, id, undefined, value, value);
      if (run === "event") handler["handleChatModelStreamEvent"]?.(value, id);
      if (run === "end") handler["handleLLMEnd"]?.(value, id, undefined, value, value);
      else handler["handleLLMError"]?.(value, id);
    }
    expect(telemetry.tree().map(({ name }) => name)).toEqual([
      "gen_ai.chat",
      "gen_ai.chat",
      "gen_ai.chat",
      "gen_ai.chat",
    ]);
    for (const { attributes } of telemetry.tree())
      expect(attributes).not.toHaveProperty("gen_ai.usage.input_tokens");
    expect(runRegistry().size).toBe(0);
    telemetry.shutdown();
  });

  it("that come without a start, or twice, change nothing", () => {
    const telemetry = createTestTelemetry();
    const handler = new OpenTelemetryCallbackHandler() as unknown as Record<
      string,
      (...args: unknown[]) => void
    >;
    handler["handleLLMEnd"]?.({}, "never-started");
    handler["handleLLMNewToken"]?.("", {}, "never-started");
    handler["handleChatModelStart"]?.({}, [], "once", undefined, {});
    handler["handleLLMEnd"]?.({}, "once");
    handler["handleLLMEnd"]?.({}, "once");
    handler["handleLLMError"]?.(new Error("late"), "once");
    expect(telemetry.tree()).toMatchObject([{ status: "UNSET" }]);
    telemetry.shutdown();
  });
});

describe("what OpenTelemetry asks for", () => {
  let telemetry: TestTelemetry;
  beforeEach(() => {
    telemetry = createTestTelemetry();
  });
  afterEach(() => telemetry.shutdown());

  it("suppressed tracing makes no span", async () => {
    await context.with(suppressTracing(context.active()), async () => {
      expect(isTracingSuppressed(context.active())).toBe(true);
      expect(await ask(new OpenTelemetryCallbackHandler())).toBe(answer);
    });
    expect(telemetry.spans()).toEqual([]);
  });

  it("an unsampled parent stays unsampled, and metrics are recorded all the same", async () => {
    const parent = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: TraceFlags.NONE };
    await context.with(trace.setSpanContext(context.active(), parent), () =>
      ask(new OpenTelemetryCallbackHandler()),
    );
    expect(telemetry.spans()).toEqual([]);
    const names = (await telemetry.metrics()).map(({ name }) => name);
    expect(names).toContain("gen_ai.client.token.usage");
  });

  it("an unsampled call is not encoded", async () => {
    const encoded = vi.fn();
    const tracer = trace.getTracer("app");
    const unsampled = trace.wrapSpanContext({
      traceId: "a".repeat(32),
      spanId: "b".repeat(16),
      traceFlags: TraceFlags.NONE,
    });
    unsampled.setAttributes = encoded;
    const tracerProvider = {
      getTracer: () => ({
        ...tracer,
        startSpan: () => unsampled,
        startActiveSpan: tracer.startActiveSpan,
      }),
    };
    await ask(new OpenTelemetryCallbackHandler({ tracerProvider }));
    expect(encoded).not.toHaveBeenCalled();
  });
});

describe("a handler that is older than the SDK", () => {
  it("makes spans and metrics once the SDK has started, and again with the next one", async () => {
    const handler = new OpenTelemetryCallbackHandler();
    expect(await ask(handler)).toBe(answer);
    for (const run of ["first", "second"]) {
      const telemetry = createTestTelemetry();
      await ask(handler);
      expect(telemetry.tree(), run).toMatchObject([{ name: "gen_ai.chat" }]);
      expect(
        (await telemetry.metrics()).map(({ name }) => name),
        run,
      ).toContain("gen_ai.client.operation.duration");
      telemetry.shutdown();
    }
    expect(reports).toEqual([]);
    expect(metrics.getMeterProvider().constructor.name).toContain("Noop");
  });
});

describe("switches", () => {
  it.each([
    [{ tracing: false }, 0, true],
    [{ metrics: false }, 1, false],
    [{ enabled: false }, 0, false],
    [{ tracing: false, metrics: false }, 0, false],
  ])("%j", async (options, spans, recorded) => {
    const telemetry = createTestTelemetry();
    expect(await ask(new OpenTelemetryCallbackHandler(options))).toBe(answer);
    expect(telemetry.spans()).toHaveLength(spans);
    expect((await telemetry.metrics()).length > 0).toBe(recorded);
    telemetry.shutdown();
  });
});

it("runs are bounded in number: the oldest is ended as abandoned", () => {
  const telemetry = createTestTelemetry();
  const handler = new OpenTelemetryCallbackHandler({ maxRuns: 2 }) as unknown as Record<
    string,
    (...args: unknown[]) => void
  >;
  for (const id of ["1", "2", "3"]) handler["handleChatModelStart"]?.({}, [], id, undefined, {});
  expect(telemetry.tree()).toMatchObject([
    {
      status: "UNSET",
      attributes: { "langchain.run.id": "1", "langchain.run.outcome": "abandoned" },
    },
  ]);
  for (const id of ["1", "2", "3"]) handler["handleLLMEnd"]?.({}, id);
  expect(telemetry.spans()).toHaveLength(3);
  telemetry.shutdown();
});

it("runs are bounded in age", () => {
  vi.useFakeTimers();
  const telemetry = createTestTelemetry();
  const handler = new OpenTelemetryCallbackHandler({ runTtlMs: 1000 }) as unknown as Record<
    string,
    (...args: unknown[]) => void
  >;
  handler["handleChatModelStart"]?.({}, [], "old", undefined, {});
  vi.advanceTimersByTime(1001);
  handler["handleChatModelStart"]?.({}, [], "new", undefined, {});
  expect(telemetry.tree()).toMatchObject([
    { attributes: { "langchain.run.id": "old", "langchain.run.outcome": "abandoned" } },
  ]);
  handler["handleLLMEnd"]?.({}, "new");
  vi.useRealTimers();
  telemetry.shutdown();
});

it("a model that is not one of ours is traced by what it says", async () => {
  const telemetry = createTestTelemetry();
  class ChatAcme extends ChatOpenAI {
    static override lc_name(): string {
      return "ChatAcme";
    }
    override getLsParams(): never {
      return { ls_provider: "Acme AI!", ls_model_name: "acme-1", ls_model_type: "chat" } as never;
    }
  }
  const model = new ChatAcme({ model: "gpt-5.4-mini", apiKey: ["sk", "x"].join("-") });
  await model.invoke(question, { callbacks: [new OpenTelemetryCallbackHandler()] });
  expect(telemetry.spans()[0]?.attributes).toMatchObject({
    "gen_ai.provider.name": "acme_ai",
    "gen_ai.usage.input_tokens": 2540,
  });
  telemetry.shutdown();
});
