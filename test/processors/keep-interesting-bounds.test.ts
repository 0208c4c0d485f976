import { afterEach, describe, expect, it, vi } from "vitest";

import { RecentIds } from "../../src/processors/recent-ids.ts";
import { failing, remoteParent, samplingBench, traceIdAt } from "./sampling-bench.ts";

afterEach(() => vi.restoreAllMocks());

/** Moves the steady clock. */
function clock(): (ms: number) => void {
  let at = 1_000_000;
  vi.spyOn(performance, "now").mockImplementation(() => at);
  return (ms) => void (at += ms);
}

describe("with more traces than may wait", () => {
  it("the oldest is decided by what is known of it", async () => {
    const bench = samplingBench({ maxTraces: 2 });
    const first = bench.start("first");
    bench.start("child of first", first).end();
    const second = bench.start("second");
    const third = bench.start("third");
    expect(await bench.counted()).toEqual({ backpressure: 1 });
    for (const span of [first, second, third]) failing(span).end();

    // Of the first what came before is missing: that is what the bound has cost.
    expect(bench.kept).toEqual(["first", "second", "third"]);
    expect(await bench.counted()).toEqual({ backpressure: 1, sampled: 3 });
  });

  it("what still comes of it goes its way: dropped as long as it is dull, kept from the first failure on", async () => {
    const bench = samplingBench({ maxTraces: 1 });
    const first = bench.start("first");
    bench.start("second").end();
    bench.start("dull", first).end();
    failing(bench.start("failed", first)).end();
    bench.start("after it", first).end();
    first.end();

    expect(bench.kept).toEqual(["failed", "after it", "first"]);
    expect(await bench.counted()).toEqual({ sampling: 1, backpressure: 1, sampled: 3 });
  });

  it("what still comes of it takes no place from others", () => {
    const bench = samplingBench({ maxTraces: 1 });
    const first = bench.start("first");
    const second = bench.start("second");
    bench.start("child of second", second).end();
    bench.start("child of first", first).end();
    failing(second).end();

    expect(bench.kept).toEqual(["child of second", "second"]);
  });

  it("what fails after it is kept, also where the process had a part of that trace before", () => {
    const bench = samplingBench({ maxTraces: 1 });
    bench.start("asked once", remoteParent(traceIdAt(0.9))).end();
    const again = bench.start("asked again", remoteParent(traceIdAt(0.9)));
    bench.start("another").end();
    failing(again).end();

    expect(bench.kept).toEqual(["asked again"]);
  });

  it("those that are kept do not count", async () => {
    const bench = samplingBench({ maxTraces: 1, ratio: 0.5 });
    const waits = bench.start("waits", remoteParent(traceIdAt(0.9)));
    const inRatio = bench.start("in the ratio", remoteParent(traceIdAt(0.4)));
    inRatio.end();
    failing(waits).end();

    expect(bench.kept).toEqual(["in the ratio", "waits"]);
    expect(await bench.counted()).toEqual({ sampled: 2 });
  });
});

describe("with more spans than a trace may have", () => {
  it("that trace is decided, and no other", async () => {
    const bench = samplingBench({ maxSpansPerTrace: 3 });
    const other = bench.start("other");
    bench.start("child of other", other).end();
    const large = bench.start("large");
    for (let at = 0; at < 3; at += 1) bench.start(`step ${at}`, large).end();
    expect(await bench.counted()).toEqual({ backpressure: 3 });
    large.end();
    failing(other).end();

    expect(bench.kept).toEqual(["child of other", "other"]);
    expect(await bench.counted()).toEqual({ backpressure: 4, sampled: 2 });
  });

  it("spans that never end are among them", async () => {
    const bench = samplingBench({ maxSpansPerTrace: 3 });
    const root = bench.start("root");
    bench.start("child", root).end();
    for (let at = 0; at < 3; at += 1) bench.start("forgotten", root);

    expect(await bench.counted()).toEqual({ backpressure: 1 });
  });

  it("a trace that was kept may have as many as it likes", () => {
    const bench = samplingBench({ maxSpansPerTrace: 2 });
    const root = bench.start("root");
    failing(bench.start("step", root)).end();
    for (let at = 0; at < 20; at += 1) bench.start("step", root).end();
    root.end();

    expect(bench.kept).toHaveLength(22);
  });
});

it("20,000 spans of all traces wait at most, then the oldest goes", async () => {
  const bench = samplingBench();
  const roots = Array.from({ length: 21 }, (_, at) => bench.start(`root ${at}`));
  for (const root of roots) {
    for (let at = 0; at < 953; at += 1) bench.start("step", root).end();
  }
  expect(await bench.counted()).toEqual({ backpressure: 953 });
});

describe("a trace that does not end", () => {
  it("waits for its time to live", async () => {
    const pass = clock();
    const bench = samplingBench({ traceTtlMs: 60_000 });
    const root = bench.start("hanging");
    bench.start("step", root).end();
    pass(59_999);
    bench.start("another").end();
    expect(await bench.counted()).toEqual({ sampling: 1 });
    pass(1);
    bench.start("yet another").end();

    expect(await bench.counted()).toEqual({ sampling: 2, backpressure: 1 });
    expect(bench.kept).toEqual([]);
  });

  it("is slow once its first span has been open for that long, and is kept where a bound decides it", () => {
    const pass = clock();
    const bench = samplingBench({ traceTtlMs: 60_000, minDurationMs: 60_000 });
    const root = bench.start("hanging");
    bench.start("step", root, { startTime: 0 }).end(0);
    pass(60_000);
    bench.start("another", undefined, { startTime: 0 }).end(0);

    expect(bench.kept).toEqual(["step"]);
  });

  it("is not slow for what was forgotten below a first span that has ended", async () => {
    const pass = clock();
    const bench = samplingBench({ traceTtlMs: 60_000, minDurationMs: 60_000 });
    const root = bench.start("root", undefined, { startTime: 0 });
    bench.start("forgotten", root);
    root.end(0);
    pass(60_000);
    bench.start("another", undefined, { startTime: 0 }).end(0);

    expect(bench.kept).toEqual([]);
    expect(await bench.counted()).toEqual({ sampling: 1, backpressure: 1 });
  });
});

describe("a flush", () => {
  it("leaves traces that may still fail", async () => {
    const bench = samplingBench();
    const root = bench.start("root");
    bench.start("step", root).end();
    await bench.processor.forceFlush();
    expect(bench.kept).toEqual([]);
    failing(root).end();

    expect(bench.kept).toEqual(["step", "root"]);
    expect(await bench.counted()).toEqual({ sampled: 2 });
  });

  it("hands on what is slow by now before it flushes the next processor", async () => {
    const pass = clock();
    const bench = samplingBench({ minDurationMs: 1000 });
    const slow = bench.start("slow");
    bench.start("step", slow, { startTime: 0 }).end(0);
    pass(999);
    const young = bench.start("young");
    bench.start("young step", young, { startTime: 0 }).end(0);
    pass(1);
    await bench.processor.forceFlush();

    expect(bench.calls.slice(-2)).toEqual(["onEnd step", "forceFlush"]);
    expect(bench.kept).toEqual(["step"]);
  });
});

describe("a process whose processors are not told of starts", () => {
  it("decides when the span at the top ends", () => {
    const bench = samplingBench();
    vi.spyOn(bench.processor, "onStart").mockImplementation(() => {});
    const root = bench.start("root");
    bench.start("child", root).end();
    failing(root).end();
    const dull = bench.start("dull");
    bench.start("child of dull", dull).end();
    dull.end();

    expect(bench.kept).toEqual(["child", "root"]);
  });

  it("has the same bounds", async () => {
    const bench = samplingBench({ maxSpansPerTrace: 2 });
    vi.spyOn(bench.processor, "onStart").mockImplementation(() => {});
    const root = bench.start("root");
    for (let at = 0; at < 3; at += 1) bench.start("step", root).end();

    expect(await bench.counted()).toEqual({ backpressure: 3 });
  });
});

describe("the shutdown", () => {
  it("decides all that waits, then shuts the next processor down, once", async () => {
    const pass = clock();
    const bench = samplingBench({ minDurationMs: 1000 });
    const slow = bench.start("slow");
    bench.start("slow step", slow, { startTime: 0 }).end(0);
    pass(1000);
    const dull = bench.start("dull");
    bench.start("dull step", dull, { startTime: 0 }).end(0);
    await Promise.all([bench.processor.shutdown(), bench.processor.shutdown()]);
    await bench.processor.forceFlush();
    const calls = [...bench.calls];
    slow.end();
    bench.start("afterwards").end();

    expect(calls.slice(-2)).toEqual(["onEnd slow step", "shutdown"]);
    expect(bench.calls).toEqual(calls);
    expect(await bench.counted()).toEqual({ sampled: 1, sampling: 1 });
  });
});

it("decides all that waits though it cannot count", async () => {
  const pass = clock();
  const meterProvider = {
    getMeter: () => {
      throw new Error("no meter");
    },
  };
  const bench = samplingBench({ minDurationMs: 1000, meterProvider });
  for (const name of ["dull", "slow", "slow too"]) {
    const root = bench.start(name);
    bench.start(`step of ${name}`, root, { startTime: 0 }).end(0);
    bench.start("forgotten", root);
    if (name === "dull") root.end(0);
  }
  pass(1000);
  await bench.processor.shutdown();

  expect(bench.kept).toEqual(["step of slow", "step of slow too"]);
});

describe("ids that are remembered", () => {
  it("are so many, and those that were asked for last", () => {
    const ids = new RecentIds(2);
    ids.add("a");
    ids.add("b");
    expect(ids.has("a")).toBe(true);
    ids.add("c");

    expect(["a", "b", "c"].map((id) => ids.has(id))).toEqual([true, false, true]);
  });

  it("are ten for each trace that may wait", () => {
    const bench = samplingBench({ maxTraces: 1 });
    const roots = Array.from({ length: 11 }, (_, at) => bench.start(`root ${at}`));
    for (const root of roots) failing(root).end();
    bench.kept.length = 0;
    for (const [at, root] of roots.entries()) bench.start(`late ${at}`, root).end();

    // The first was forgotten: its late span waits, and is dropped as the next trace needs the place.
    expect(bench.kept).toEqual(roots.slice(1).map((_, at) => `late ${at + 1}`));
  });
});
