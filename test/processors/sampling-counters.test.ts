import { tool } from "@langchain/core/tools";
import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import {
  KeepInterestingSpanProcessor,
  type KeepInterestingSpanProcessorOptions,
  type NextSpanProcessor,
} from "../../src/processors/index.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { failing, samplingBench } from "./sampling-bench.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry({ global: false });
});
afterEach(() => telemetry.shutdown());

const one = (options: KeepInterestingSpanProcessorOptions) => {
  const bench = samplingBench(options);
  const root = bench.start("root");
  bench.start("child", root).end();
  failing(root).end();
  const open = bench.start("open");
  bench.start("child", open).end();
  bench.start("another").end();
};

describe("the counters of sampling", () => {
  it("count what was kept, and by reason what was not", async () => {
    one({ meterProvider: telemetry.meterProvider, maxTraces: 1 });

    expect(await telemetry.metrics()).toEqual([
      {
        name: "langchain.spans.dropped",
        unit: "{span}",
        type: "counter",
        points: [
          { attributes: { reason: "backpressure" }, value: 1 },
          { attributes: { reason: "sampling" }, value: 1 },
        ],
      },
      {
        name: "langchain.spans.sampled",
        unit: "{span}",
        type: "counter",
        points: [{ attributes: {}, value: 2 }],
      },
    ]);
  });

  it("have the prefix of the option, else of the environment", async () => {
    vi.stubEnv("LANGCHAIN_OTEL_METRIC_PREFIX", "env");
    one({ meterProvider: telemetry.meterProvider });
    one({ meterProvider: telemetry.meterProvider, metricPrefix: "acme" });

    expect((await telemetry.metrics()).map(({ name }) => name)).toEqual([
      "acme.spans.dropped",
      "acme.spans.sampled",
      "env.spans.dropped",
      "env.spans.sampled",
    ]);
  });
});

describe("runs that are sampled", () => {
  const echo = tool(
    ({ text }: { text: string }) => {
      if (text === "fail") throw new TypeError("cannot");
      return text;
    },
    { name: "echo", schema: z.object({ text: z.string() }) },
  );

  const graph = new StateGraph(MessagesAnnotation)
    .addNode("work", async (state, config) => {
      await echo.invoke({ text: String(state.messages[0]?.content) }, config);
      return {};
    })
    .addEdge(START, "work")
    .compile({ checkpointer: new MemorySaver(), name: "work" });

  it("are all measured, and only those that failed are seen, whole", async () => {
    const seen: string[] = [];
    const next: NextSpanProcessor = {
      onStart() {},
      onEnd: (span) => void seen.push((span as unknown as { name: string }).name),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const tracing = createTestTelemetry({
      global: false,
      spanProcessors: [
        new KeepInterestingSpanProcessor(next, { meterProvider: telemetry.meterProvider }),
      ],
    });
    const handler = new OpenTelemetryCallbackHandler({
      tracerProvider: tracing.tracerProvider,
      meterProvider: telemetry.meterProvider,
    });
    const texts = [...Array.from({ length: 20 }, () => "fine"), "fail", "fine"];
    for (const [at, text] of texts.entries()) {
      await graph
        .invoke(
          { messages: [{ role: "user", content: text }] },
          { callbacks: [handler], configurable: { thread_id: String(at) } },
        )
        .catch(() => {});
    }

    const calls = (await telemetry.metrics()).find(({ name }) => name === "langchain.tool.calls");
    expect(
      calls?.points.map((point) => "value" in point && [point.attributes["status"], point.value]),
    ).toEqual([
      ["error", 1],
      ["ok", 21],
    ]);
    tracing.shutdown();
    expect(seen).toEqual(["execute_tool echo", "node work", "invoke_workflow work"]);
  });
});
