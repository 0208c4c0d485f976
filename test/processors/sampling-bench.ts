import {
  type Context,
  type MeterProvider,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import * as metrics from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, type Sampler, TracerProvider } from "@opentelemetry/sdk-trace";

import {
  KeepInterestingSpanProcessor,
  type KeepInterestingSpanProcessorOptions,
  type NextSpanProcessor,
} from "../../src/processors/index.ts";

/** Spans that sampling saw, and what it has made of them. */
export interface SamplingBench {
  readonly processor: KeepInterestingSpanProcessor;
  /** Names of the spans that were handed on so far. */
  readonly kept: string[];
  /** What the next processor was called with, such as `onEnd root`. */
  readonly calls: string[];
  /** Starts a span below another, or a trace. */
  start(name: string, parent?: Span | Context, options?: SpanOptions): Span;
  /** What was counted: `{ sampled: 2, sampling: 1, backpressure: 1 }`, what is 0 left out. */
  counted(): Promise<Record<string, number>>;
}

export function samplingBench(
  options: KeepInterestingSpanProcessorOptions = {},
  next: Partial<NextSpanProcessor> = {},
  sampler: Sampler = new AlwaysOnSampler(),
): SamplingBench {
  const kept: string[] = [];
  const calls: string[] = [];
  const { meterProvider, collect } = counters();
  const note = (call: string, span: object): void => {
    const { name } = span as { name: string };
    calls.push(`${call} ${name}`);
    if (call === "onEnd") kept.push(name);
  };
  const processor = new KeepInterestingSpanProcessor(
    {
      onStart: (span) => note("onStart", span),
      onEnding: (span) => note("onEnding", span),
      onEnd: (span) => note("onEnd", span),
      forceFlush: async () => void calls.push("forceFlush"),
      shutdown: async () => void calls.push("shutdown"),
      ...next,
    },
    { meterProvider, ...options },
  );
  const tracer = new TracerProvider({ sampler, spanProcessors: [processor] }).getTracer("app");
  return {
    processor,
    kept,
    calls,
    start: (name, parent = ROOT_CONTEXT, given = {}) =>
      tracer.startSpan(
        name,
        given,
        "spanContext" in parent ? trace.setSpan(ROOT_CONTEXT, parent) : parent,
      ),
    counted: collect,
  };
}

/** What another process says of the trace that it is in. */
export function remoteParent(traceId: string, traceFlags: number = TraceFlags.SAMPLED): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: "00000000000000aa",
    traceFlags,
    isRemote: true,
  });
}

export function failing(span: Span): Span {
  return span.setStatus({ code: SpanStatusCode.ERROR });
}

/** A trace id that is in a ratio, and in no smaller one. */
export function traceIdAt(ratio: number): string {
  const last = Math.max(1, Math.floor(ratio * 0xffffffff) - 1).toString(16);
  return last.padStart(32, "0");
}

// --- internal ---

function counters(): { meterProvider: MeterProvider; collect: SamplingBench["counted"] } {
  const reader = new (class extends metrics.MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  })();
  const meterProvider = new metrics.MeterProvider({ readers: [reader] });
  const collect = async (): Promise<Record<string, number>> => {
    const { resourceMetrics } = await reader.collect();
    const points = resourceMetrics.scopeMetrics.flatMap(({ metrics: all }) =>
      all.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          String(attributes["reason"] ?? descriptor.name.split(".").at(-1)),
          Number(value),
        ]),
      ),
    );
    return Object.fromEntries(points) as Record<string, number>;
  };
  return { meterProvider, collect };
}
