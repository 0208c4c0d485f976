import {
  type Attributes,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import * as sdk3 from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";

import {
  BenignErrorSpanProcessor,
  KeepInterestingSpanProcessor,
  type KeepInterestingSpanProcessorOptions,
  type NextSpanProcessor,
  RedactingSpanProcessor,
} from "../../src/processors/index.ts";
import type { SpanProcessor as SpanProcessorOf2_12 } from "../compat/sdk2/node_modules/@opentelemetry/sdk-trace/build/src/index.d.ts";
import type { SpanProcessor as SpanProcessorOf2_0 } from "../compat/sdk20/node_modules/@opentelemetry/sdk-trace-base/build/src/index.d.ts";
import { failing, remoteParent, samplingBench, traceIdAt } from "./sampling-bench.ts";
import { errorLike, fail, SDKS } from "./sdks.ts";

afterEach(() => diag.disable());

const sampling = (exporting: object, options: KeepInterestingSpanProcessorOptions = {}) =>
  new KeepInterestingSpanProcessor(exporting as NextSpanProcessor, options);

describe.each(SDKS)("on $name", ({ startWith, tellsEnding }) => {
  it("exports a trace with an error whole, and nothing of one without", async () => {
    const { tracer, exported } = startWith((exporting) => [sampling(exporting)]);
    const one = (name: string, error: boolean) => {
      const span = tracer().startSpan(name);
      if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
      span.end();
    };
    one("fine", false);
    one("failed", true);

    expect(await exported()).toEqual([
      { name: "failed", status: { code: SpanStatusCode.ERROR, message: "no" }, attributes: {} },
    ]);
  });

  it.each(tellsEnding ? (["before", "after"] as const) : (["before"] as const))(
    "does not take a benign error for one, nor hands on a secret, with the processors %s it",
    async (order) => {
      const { tracer, exported } = startWith((exporting) => {
        const others = [new BenignErrorSpanProcessor(), new RedactingSpanProcessor()];
        const own = sampling(exporting);
        return order === "before" ? [...others, own] : [own, ...others];
      });
      const key = ["sk", "ant", "api03", "x".repeat(40)].join("-");
      fail(tracer().startSpan("paused"), errorLike("GraphInterrupt", "")).end();
      fail(tracer().startSpan("bug", { attributes: { key } }), new TypeError("x")).end();

      expect(await exported()).toEqual([
        {
          name: "bug",
          status: { code: SpanStatusCode.ERROR, message: "it failed" },
          attributes: { "error.type": "SomeError", key: expect.not.stringContaining("xxx") },
        },
      ]);
    },
  );
});

describe("KeepInterestingSpanProcessor keeps", () => {
  const interesting: [what: string, attributes: Attributes, ms: number][] = [
    ["a run that was blocked", { "langchain.run.outcome": "blocked" }, 0],
    ["what a gate has blocked", { "langchain.gate.verdict": "blocked" }, 0],
    ["a call that cost as much as the limit", { "langchain.cost.usd": 0.5 }, 0],
    ["a run whose calls cost more together", { "langchain.cost.total_usd": 0.7 }, 0],
    ["a span that took as long as the limit", {}, 1000],
    ["a span that took longer", {}, 1500.5],
  ];
  const dull: [what: string, attributes: Attributes, ms: number][] = [
    ["a run that was interrupted", { "langchain.run.outcome": "interrupted" }, 0],
    ["what a gate has allowed", { "langchain.gate.verdict": "allowed" }, 0],
    ["a call that cost less", { "langchain.cost.usd": 0.49, "langchain.cost.total_usd": 0.49 }, 0],
    ["a cost that is no number", { "langchain.cost.usd": "0.7" }, 0],
    ["a span that took less", {}, 999.999],
  ];
  const run = (
    attributes: Attributes,
    ms: number,
    at: "root" | "child",
    limits: object,
  ): string[] => {
    const bench = samplingBench(limits);
    const root = bench.start("root", undefined, {
      startTime: 1e12,
      attributes: at === "root" ? attributes : {},
    });
    const child = bench.start("child", root, {
      startTime: 1e12,
      attributes: at === "child" ? attributes : {},
    });
    bench.start("sibling", root, { startTime: 1e12 }).end(1e12);
    child.end(1e12 + (at === "child" ? ms : 0));
    root.end(1e12 + (at === "root" ? ms : 0));
    return bench.kept;
  };
  const limits = { minDurationMs: 1000, minCostUsd: 0.5 };

  it.each(interesting)("the whole trace of %s", (_what, attributes, ms) => {
    expect(run(attributes, ms, "root", limits)).toEqual(["sibling", "child", "root"]);
    expect(run(attributes, ms, "child", limits)).toEqual(["sibling", "child", "root"]);
  });

  it.each(dull)("nothing for %s", (_what, attributes, ms) => {
    expect(run(attributes, ms, "root", limits)).toEqual([]);
    expect(run(attributes, ms, "child", limits)).toEqual([]);
  });

  it("nothing for time and money where no limit was given", () => {
    expect(run({ "langchain.cost.usd": 1e6 }, 1e6, "root", {})).toEqual([]);
  });

  it("the traces of the ratio, as they come, and no others", () => {
    const bench = samplingBench({ ratio: 0.25 });
    const inside = bench.start("inside", remoteParent(traceIdAt(0.25)));
    const outside = bench.start("outside", remoteParent(traceIdAt(0.26)));
    bench.start("below", inside).end();
    bench.start("below outside", outside).end();

    expect(bench.kept).toEqual(["below"]);
    inside.end();
    outside.end();
    expect(bench.kept).toEqual(["below", "inside"]);
  });

  it("what it has handed on to the next processor, which is told of all starts and endings at once", async () => {
    const bench = samplingBench();
    const root = bench.start("root");
    bench.start("child", root).end();
    failing(root).end();
    bench.start("dull").end();
    await bench.processor.forceFlush();
    await bench.processor.shutdown();

    expect(bench.calls).toEqual([
      "onStart root",
      "onStart child",
      "onEnding child",
      "onEnding root",
      "onEnd child",
      "onEnd root",
      "onStart dull",
      "onEnding dull",
      "forceFlush",
      "shutdown",
    ]);
  });

  it("works with a batch processor behind it, and with one that is not told of endings", async () => {
    const exporter = new sdk3.InMemorySpanExporter();
    const own = new KeepInterestingSpanProcessor(new sdk3.BatchSpanProcessor({ exporter }));
    const provider = new sdk3.TracerProvider({ spanProcessors: [own] });
    failing(provider.getTracer("app").startSpan("failed")).end();
    provider.getTracer("app").startSpan("fine").end();
    await provider.forceFlush();

    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["failed"]);
    await provider.shutdown();
  });

  it("spans that are recorded only, uncounted, for whatever the next processor does with them", async () => {
    const recordOnly = {
      shouldSample: (_context: unknown, _traceId: string, name: string) => ({
        decision: name === "recorded" ? 1 : 2,
      }),
      toString: () => "record only",
    };
    const bench = samplingBench({ maxTraces: 1 }, {}, recordOnly);
    const root = bench.start("root");
    bench.start("child", root).end();
    bench.start("recorded").end();
    failing(root).end();

    expect(bench.kept).toEqual(["recorded", "child", "root"]);
    expect(await bench.counted()).toEqual({ sampled: 2 });
  });

  it("is a span processor for the types of all three SDKs, and has theirs behind it", () => {
    expectTypeOf<KeepInterestingSpanProcessor>().toExtend<sdk3.SpanProcessor>();
    expectTypeOf<KeepInterestingSpanProcessor>().toExtend<SpanProcessorOf2_12>();
    expectTypeOf<KeepInterestingSpanProcessor>().toExtend<SpanProcessorOf2_0>();
    expectTypeOf<sdk3.SpanProcessor>().toExtend<NextSpanProcessor>();
    expectTypeOf<SpanProcessorOf2_12>().toExtend<NextSpanProcessor>();
    expectTypeOf<SpanProcessorOf2_0>().toExtend<NextSpanProcessor>();
  });
});

describe("a span that is late", () => {
  it("is waited for when it is open as its root ends, and decides with the rest", () => {
    const bench = samplingBench();
    const root = bench.start("root");
    const job = bench.start("job", root);
    root.end();
    expect(bench.kept).toEqual([]);
    failing(bench.start("step", job)).end();
    job.end();

    expect(bench.kept).toEqual(["root", "step", "job"]);
  });

  it("is handed on when its trace was kept", () => {
    const bench = samplingBench();
    const root = bench.start("root");
    failing(root).end();
    bench.start("afterwards", root).end();

    expect(bench.kept).toEqual(["root", "afterwards"]);
  });

  it("is dropped with its trace, even when it fails: half a trace helps nobody", async () => {
    const bench = samplingBench();
    const root = bench.start("root");
    root.end();
    const late = bench.start("afterwards", root);
    failing(bench.start("below", late)).end();
    late.end();

    expect(bench.kept).toEqual([]);
    expect(await bench.counted()).toEqual({ sampling: 3 });
  });
});

describe("a process that has a part of a trace", () => {
  const traceId = traceIdAt(0.9);

  it("decides at the end of the span that another process is above", () => {
    const bench = samplingBench();
    const served = bench.start("served", remoteParent(traceId));
    bench.start("call", served).end();
    served.end();
    const failed = bench.start("failed", remoteParent(traceIdAt(0.8)));
    bench.start("call of failed", failed).end();
    failing(failed).end();

    expect(bench.kept).toEqual(["call of failed", "failed"]);
  });

  it("decides anew when it is asked again, and keeps all from the first interesting time on", () => {
    const bench = samplingBench();
    bench.start("first", remoteParent(traceId)).end();
    const second = bench.start("second", remoteParent(traceId));
    bench.start("below second", second).end();
    failing(second).end();
    bench.start("third", remoteParent(traceId)).end();

    expect(bench.kept).toEqual(["below second", "second", "third"]);
  });

  it("decides at once over a request that it has sent to itself", () => {
    const bench = samplingBench();
    const root = bench.start("root");
    bench.start("served", remoteParent(root.spanContext().traceId)).end();
    failing(root).end();

    expect(bench.kept).toEqual(["served", "root"]);
  });

  it("takes a span for the top when what is above it is not sampled", () => {
    const bench = samplingBench();
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, {
      traceId,
      spanId: "00000000000000bb",
      traceFlags: TraceFlags.NONE,
    });
    const below = (name: string) => bench.start(name, unsampled);
    below("first").end();
    failing(below("second")).end();

    expect(bench.kept).toEqual(["second"]);
  });
});

describe("whatever goes wrong", () => {
  it("in the next processor stays there, and is reported once", async () => {
    const error = vi.fn();
    const logger = { error, warn() {}, info() {}, debug() {}, verbose() {} };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR });
    const broken = () => {
      throw new Error("broken");
    };
    const bench = samplingBench({ ratio: 1 }, { onStart: broken, onEnding: broken, onEnd: broken });
    bench.start("one").end();
    bench.start("two").end();

    expect(error).toHaveBeenCalledTimes(1);
    expect(await bench.counted()).toEqual({ sampled: 2 });
  });

  it("in counting keeps no span back", () => {
    const meterProvider = {
      getMeter: () => {
        throw new Error("no meter");
      },
    };
    const bench = samplingBench({ meterProvider });
    bench.start("fine").end();
    failing(bench.start("failed")).end();

    expect(bench.kept).toEqual(["failed"]);
  });

  it("with a span that cannot be read is no matter for the application", () => {
    const bench = samplingBench();
    const odd = {
      spanContext: () => {
        throw new Error("odd");
      },
    };

    expect(() => {
      bench.processor.onStart(odd as never, {} as never);
      bench.processor.onEnd(odd as never);
    }).not.toThrow();
  });

  it("in the next processor's flush or shutdown is for who asked for it", async () => {
    const bench = samplingBench(
      {},
      {
        forceFlush: () => Promise.reject(new Error("not sent")),
        shutdown: () => Promise.reject(new Error("not shut down")),
      },
    );

    await expect(bench.processor.forceFlush()).rejects.toThrow("not sent");
    await expect(bench.processor.shutdown()).rejects.toThrow("not shut down");
  });
});

describe("an option", () => {
  it.each([
    [{ ratio: 1.1 }, "Expected the `ratio` option to be a number from 0 to 1, got 1.1 (number)"],
    [{ ratio: "1" }, 'Expected the `ratio` option to be a number from 0 to 1, got "1" (string)'],
    [
      { ratio: Number.NaN },
      "Expected the `ratio` option to be a number from 0 to 1, got NaN (number)",
    ],
    [
      { minDurationMs: -1 },
      "Expected the `minDurationMs` option to be a number, 0 or above, got -1 (number)",
    ],
    [
      { minCostUsd: Infinity },
      "Expected the `minCostUsd` option to be a number, 0 or above, got Infinity (number)",
    ],
    [
      { maxTraces: 0 },
      "Expected the `maxTraces` option to be a whole number above 0, got 0 (number)",
    ],
    [
      { maxSpansPerTrace: 1.5 },
      "Expected the `maxSpansPerTrace` option to be a whole number above 0, got 1.5 (number)",
    ],
    [
      { traceTtlMs: null },
      "Expected the `traceTtlMs` option to be a whole number above 0, got null",
    ],
    [
      { meterProvider: {} },
      "Expected the `meterProvider` option to be a MeterProvider, got an object",
    ],
    [
      { rate: 1 },
      "There is no option `rate`. The options are ratio, minDurationMs, minCostUsd, maxTraces, maxSpansPerTrace, traceTtlMs, meterProvider, metricPrefix",
    ],
    [[], "Expected the `options` option to be an object, got an array"],
  ])("that is wrong throws: %o", (options, message) => {
    expect(() => new KeepInterestingSpanProcessor(quiet(), options as object)).toThrow(
      new TypeError(message),
    );
  });

  it.each([[undefined], [{}], [{ ...quiet(), onEnd: 1 }]])(
    "cannot take the next processor's place: %o",
    (next) => {
      expect(() => new KeepInterestingSpanProcessor(next as never)).toThrow(
        /^Expected the `next` option to be a SpanProcessor, got (?:undefined|an object)$/,
      );
    },
  );
});

// --- internal ---

function quiet(): NextSpanProcessor {
  return {
    onStart() {},
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
