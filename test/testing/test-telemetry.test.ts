import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { context, metrics, propagation, trace, TraceFlags } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
} from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import {
  createTestTelemetry,
  type TestTelemetry,
  type TestTelemetryOptions,
} from "../../src/testing/index.ts";
import { loadSdkPackages } from "../../src/testing/sdk-packages.ts";
import { scenario } from "./scenario.ts";
import { runWithSdk } from "./sdk-project.ts";

const EXPECTED = {
  first: {
    tree: [
      {
        name: "request",
        kind: "SERVER",
        status: "UNSET",
        attributes: {},
        events: [],
        children: [
          {
            name: "gen_ai.chat",
            kind: "CLIENT",
            status: "ERROR",
            statusMessage: "boom",
            attributes: { n: 1, list: ["stop"] },
            events: [{ name: "exception", attributes: { "exception.type": "Error" } }],
            children: [],
          },
          {
            name: "save",
            kind: "INTERNAL",
            status: "UNSET",
            attributes: {},
            events: [],
            links: [{ to: "request", attributes: { why: "asked" } }],
            children: [],
          },
        ],
      },
    ],
    names: ["gen_ai.chat", "save", "request"],
    service: "shop",
    metrics: [
      {
        name: "calls",
        unit: "{call}",
        type: "counter",
        points: [
          { attributes: { model: "a" }, value: 1 },
          { attributes: { model: "b" }, value: 2 },
        ],
      },
      {
        name: "duration",
        unit: "s",
        type: "histogram",
        points: [
          {
            attributes: { model: "a" },
            count: 3,
            sum: 22.5,
            min: 0.5,
            max: 20,
            buckets: { boundaries: [1, 10], counts: [1, 1, 1] },
          },
        ],
      },
      { name: "level", unit: "", type: "gauge", points: [{ attributes: {}, value: 7 }] },
      { name: "open", unit: "", type: "up_down_counter", points: [{ attributes: {}, value: -1 }] },
      { name: "seen", unit: "", type: "gauge", points: [{ attributes: {}, value: 3 }] },
    ],
    logs: [
      { eventName: "happened", body: { deep: [1] }, attributes: { k: "v" }, severityNumber: 9 },
    ],
    propagated: ["baggage", "traceparent"],
  },
  afterReset: {
    spans: 0,
    logs: 0,
    metrics: [
      {
        name: "calls",
        unit: "{call}",
        type: "counter",
        points: [{ attributes: { model: "a" }, value: 5 }],
      },
      { name: "seen", unit: "", type: "gauge", points: [{ attributes: {}, value: 3 }] },
    ],
  },
  afterShutdown: { recording: false, context: false, propagated: [], spans: 0 },
  again: {
    tree: [
      {
        name: "again",
        kind: "INTERNAL",
        status: "UNSET",
        attributes: {},
        events: [],
        children: [],
      },
    ],
    metrics: [{ name: "calls", unit: "", type: "counter", points: [{ attributes: {}, value: 1 }] }],
    context: true,
  },
};

function telemetryOf(options?: TestTelemetryOptions): TestTelemetry {
  const telemetry = createTestTelemetry(options);
  onTestFinished(() => telemetry.shutdown());
  return telemetry;
}

afterEach(() => {
  for (const each of [trace, metrics, context, propagation]) each.disable();
});

describe("a test telemetry", () => {
  it("keeps spans, metrics and logs, forgets them on reset and leaves no trace of itself, on SDK 3", async () => {
    expect(await scenario()).toEqual(EXPECTED);
  });

  it("does the same on SDK 2 with api 1.9", async () => {
    const printed = await runWithSdk("child-scenario.ts", [
      { from: ".", names: ["semantic-conventions", "api-logs"] },
      { from: "test/compat/sdk2" },
    ]);
    expect(JSON.parse(printed)).toEqual({
      ...EXPECTED,
      missing:
        "langchain-otel/testing needs packages of OpenTelemetry that are not installed. Run: npm i -D @opentelemetry/sdk-trace@2 @opentelemetry/sdk-logs@0",
    });
  });

  it("that is not global registers nothing", async () => {
    const telemetry = telemetryOf({ global: false });
    telemetryOf();
    trace.getTracer("test").startSpan("global").end();
    telemetry.tracerProvider.getTracer("test").startSpan("own").end();
    telemetry.meterProvider.getMeter("test").createCounter("own").add(1);
    telemetry.loggerProvider?.getLogger("test").emit({ body: "own" });
    expect({
      spans: telemetry.spans().map(({ name }) => name),
      metrics: (await telemetry.metrics()).map(({ name }) => name),
      logs: telemetry.logs().map(({ body }) => body),
    }).toEqual({ spans: ["own"], metrics: ["own"], logs: ["own"] });
  });

  it("keeps no span that is not sampled", () => {
    const telemetry = telemetryOf({ sampler: new AlwaysOffSampler() });
    trace.getTracer("test").startSpan("dropped").end();
    const recordOnly = { decision: 1 };
    const recorded = telemetryOf({ global: false, sampler: { shouldSample: () => recordOnly } });
    const span = recorded.tracerProvider.getTracer("test").startSpan("recorded");
    span.end();
    expect([span.isRecording, span.spanContext().traceFlags]).toEqual([
      expect.any(Function),
      TraceFlags.NONE,
    ]);
    expect([...telemetry.spans(), ...recorded.spans()]).toEqual([]);
  });

  it("shows spans to the processors given before it keeps them, and shuts them down once", async () => {
    const exporter = new InMemorySpanExporter();
    const calls: string[] = [];
    const telemetry = telemetryOf({
      spanProcessors: [
        {
          onStart: () => calls.push("start"),
          onEnd: (span) => calls.push(`end of ${span.name}, ${telemetry.spans().length} kept`),
          forceFlush: async () => void calls.push("flush"),
          shutdown: async () => void calls.push("shutdown"),
        },
        new BatchSpanProcessor({ exporter }),
      ],
    });
    trace.getTracer("test").startSpan("span").end();
    await telemetry.tracerProvider.forceFlush();
    expect(exporter.getFinishedSpans()).toEqual(telemetry.spans());
    telemetry.shutdown();
    telemetry.shutdown();
    expect(calls).toEqual(["start", "end of span, 0 kept", "flush", "shutdown"]);
  });

  it("keeps nothing after shutdown", () => {
    const telemetry = telemetryOf();
    const tracer = telemetry.tracerProvider.getTracer("test");
    tracer.startSpan("before").end();
    telemetry.shutdown();
    tracer.startSpan("after").end();
    expect(telemetry.spans().map(({ name }) => name)).toEqual(["before"]);
  });
});

describe("what it cannot work with is said:", () => {
  it("another telemetry that is global", () => {
    telemetryOf();
    expect(() => createTestTelemetry()).toThrow(
      new Error(
        "A global tracer provider is registered already, so createTestTelemetry() cannot register its own. Call shutdown() of the other one first, or pass { global: false } and give the providers to what you test",
      ),
    );
  });

  it("a meter provider of someone else, and then nothing is registered", () => {
    metrics.setGlobalMeterProvider(telemetryOf({ global: false }).meterProvider);
    expect(() => createTestTelemetry()).toThrow(/^A global meter provider is registered already/);
    expect(trace.getTracer("test").startSpan("x").isRecording()).toBe(false);
  });

  it("an SDK that is not installed", async () => {
    const empty = await mkdtemp(join(tmpdir(), "langchain-otel-empty-"));
    onTestFinished(() => rm(empty, { recursive: true }));
    expect(() => loadSdkPackages([join(empty, "index.js")])).toThrow(
      new Error(
        "langchain-otel/testing needs packages of OpenTelemetry that are not installed. Run: npm i -D @opentelemetry/sdk-trace @opentelemetry/sdk-metrics @opentelemetry/context-async-hooks",
      ),
    );
  });

  it("an SDK with a newer api than ours", async () => {
    const printed = await runWithSdk("child-mismatch.ts", [
      { from: "." },
      { from: "test/compat/sdk2", names: ["api"] },
    ]);
    expect(JSON.parse(printed)).toEqual({
      fault:
        "Error: The OpenTelemetry SDK and langchain-otel use copies of @opentelemetry/api that do not work together, so spans would be lost. `npm ls @opentelemetry/api` shows them; there should be one",
      recording: false,
    });
  });

  it.each([
    [{ global: "yes" }, 'Expected the `global` option to be true or false, got "yes" (string)'],
    [
      { spanProcessors: {} },
      "Expected the `spanProcessors` option to be an array of span processors, got an object",
    ],
  ])("the options %o", (options, message) => {
    expect(() => createTestTelemetry(options as object)).toThrow(new TypeError(message));
  });
});

it("looks for the SDK in the folder of the process when it is not beside the package", async () => {
  const empty = await mkdtemp(join(tmpdir(), "langchain-otel-empty-"));
  onTestFinished(() => rm(empty, { recursive: true }));
  const sdk2 = join(import.meta.dirname, "../compat/sdk2/index.js");
  const fromSdk2 = loadSdkPackages([join(empty, "index.js"), sdk2]);
  const fromHere = loadSdkPackages([import.meta.url, sdk2]);
  expect(fromSdk2.trace.TracerProvider).not.toBe(fromHere.trace.TracerProvider);
  expect(fromSdk2.api).not.toBe(fromHere.api);
});
