import { describe, expect, it } from "vitest";

import { OpenTraces, type TracePart } from "../../src/console/open-traces.ts";
import { spanRow } from "../../src/console/span-row.ts";
import { finishedSpan, type SpanSketch } from "./finished-span.ts";

function row(id: string, parent?: string, trace = "a"): ReturnType<typeof spanRow> {
  const sketch: SpanSketch = { name: id, id, trace, ...(parent !== undefined && { parent }) };
  return spanRow(finishedSpan(sketch));
}

function summary(parts: readonly TracePart[]): unknown {
  return parts.map(({ traceId, rows, note }) => [
    traceId.slice(-1),
    rows.map(({ name }) => name).join(" "),
    note,
  ]);
}

describe("a trace", () => {
  it("is complete with the span at its top", () => {
    const traces = new OpenTraces();
    expect(summary(traces.add([row("3", "2")]))).toEqual([]);
    expect(summary(traces.add([row("2", "1")]))).toEqual([]);
    expect(summary(traces.add([row("1")]))).toEqual([["a", "1 2 3", undefined]]);
    expect(summary(traces.drain())).toEqual([]);
  });

  it("with two tops in this process is two parts, each with its own spans", () => {
    const traces = new OpenTraces();
    traces.add([row("11", "1"), row("21", "2")]);
    expect(summary(traces.add([row("1")]))).toEqual([["a", "1 11", undefined]]);
    expect(summary(traces.add([row("2")]))).toEqual([["a", "2 21", "continued"]]);
  });

  it("takes a span that ends late with what is below it", () => {
    const traces = new OpenTraces();
    traces.add([row("3", "2"), row("1")]);
    expect(summary(traces.add([row("2", "1")]))).toEqual([["a", "2 3", "continued"]]);
  });
});

describe("the limits", () => {
  it("print a trace with too many spans before it is complete, and the rest when it is", () => {
    const traces = new OpenTraces({ maxSpansPerTrace: 2 });
    expect(summary(traces.add([row("2", "1"), row("3", "1")]))).toEqual([]);
    expect(summary(traces.add([row("4", "1")]))).toEqual([["a", "2 3 4", "unfinished"]]);
    expect(summary(traces.add([row("1")]))).toEqual([["a", "1", "continued"]]);
  });

  it("print the trace that was used least recently when there are too many", () => {
    const traces = new OpenTraces({ maxTraces: 2 });
    traces.add([row("2", "1", "a"), row("2", "1", "b")]);
    traces.add([row("3", "1", "a")]);
    expect(summary(traces.add([row("2", "1", "c")]))).toEqual([["b", "2", "unfinished"]]);
    expect(summary(traces.drain())).toEqual([
      ["a", "2 3", "unfinished"],
      ["c", "2", "unfinished"],
    ]);
  });

  it("print the oldest trace when too many spans wait in all", () => {
    const traces = new OpenTraces({ maxSpans: 3 });
    traces.add([row("2", "1", "a"), row("3", "1", "a"), row("2", "1", "b")]);
    expect(summary(traces.add([row("3", "1", "b")]))).toEqual([["a", "2 3", "unfinished"]]);
  });

  it("hold for 100,000 traces that never end, and no span is lost", () => {
    const traces = new OpenTraces({ maxTraces: 10 });
    let printed = 0;
    for (let at = 0; at < 100_000; at += 1) {
      for (const part of traces.add([row("2", "1", at.toString(16))])) printed += part.rows.length;
    }
    expect([printed, traces.drain().length]).toEqual([99_990, 10]);
  });
});
