import { context, type Span, trace, type Tracer, type TracerProvider } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";

import { DecidingTracerProvider } from "../../src/sdk/deciding-provider.ts";

afterEach(() => trace.disable());

/** Notes whom it is asked for and what is called on it. */
function noting(notes: unknown[]): TracerProvider {
  const span = trace.wrapSpanContext({
    traceId: "1".repeat(32),
    spanId: "2".repeat(16),
    traceFlags: 1,
  });
  return {
    getTracer: (...scope) => {
      notes.push(["getTracer", ...scope]);
      const tracer = {
        startSpan: (...args: unknown[]) => {
          notes.push(["startSpan", ...args]);
          return span;
        },
        startActiveSpan: (...args: unknown[]) => {
          notes.push(["startActiveSpan", ...args.slice(0, -1)]);
          return (args.at(-1) as (span: Span) => unknown)(span);
        },
      };
      return tracer as Tracer;
    },
  };
}

const id = (span: Span): string => span.spanContext().spanId;

/** The second of each note: the name of what was asked for. */
const names = (notes: unknown[]): unknown[] => notes.map((note) => (note as unknown[])[1]);

test("decides when the first span is started, and not when a tracer is asked for", () => {
  const notes: unknown[] = [];
  const tracer = new DecidingTracerProvider(() => {
    notes.push("decide");
    trace.setGlobalTracerProvider(noting(notes));
  }).getTracer("scope", "1", { schemaUrl: "x" });
  expect(notes).toEqual([]);

  tracer.startSpan("a", { kind: 1 }, context.active());
  expect(notes).toEqual([
    "decide",
    ["getTracer", "scope", "1", { schemaUrl: "x" }],
    ["startSpan", "a", { kind: 1 }, context.active()],
  ]);
});

test("passes all forms of startActiveSpan on", () => {
  const notes: unknown[] = [];
  trace.setGlobalTracerProvider(noting(notes));
  const tracer = new DecidingTracerProvider(() => {}).getTracer("scope");
  expect([
    tracer.startActiveSpan("a", id),
    tracer.startActiveSpan("b", { kind: 1 }, id),
    tracer.startActiveSpan("c", { kind: 1 }, context.active(), id),
  ]).toEqual(Array(3).fill("2".repeat(16)));
  expect(notes.slice(1)).toEqual([
    ["startActiveSpan", "a"],
    ["startActiveSpan", "b", { kind: 1 }],
    ["startActiveSpan", "c", { kind: 1 }, context.active()],
  ]);
});

test("gives spans of the provider of now, also when another was there before", () => {
  const first: unknown[] = [];
  const second: unknown[] = [];
  const tracer = new DecidingTracerProvider(() => {}).getTracer("scope");
  trace.setGlobalTracerProvider(noting(first));
  tracer.startSpan("a");
  tracer.startSpan("b");
  trace.disable();
  trace.setGlobalTracerProvider(noting(second));
  tracer.startSpan("c");

  expect([names(first), names(second)]).toEqual([
    ["scope", "a", "b"],
    ["scope", "c"],
  ]);
});
