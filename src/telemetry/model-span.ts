import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "@opentelemetry/semantic-conventions";

import type { Dialect } from "../dialects/dialect.ts";
import type { ModelEnd, ModelRequest } from "../operation.ts";
import { elapsedMs, hrTime, type Moment, now } from "./clock.ts";
import type { Guard } from "./guard.ts";
import type { ModelMetrics } from "./model-metrics.ts";
import type { ProviderSource } from "./provider-source.ts";

/** How model calls are written. */
export interface ModelTelemetry {
  readonly source: ProviderSource;
  readonly metrics: ModelMetrics | undefined;
  readonly dialects: readonly Dialect[];
  readonly tracing: boolean;
  readonly spanNames: "gen_ai" | "semconv";
  readonly staticAttributes: Attributes;
  readonly guard: Guard;
}

/**
 * One model call on its way out: a span that we own from start to end, and the metrics beside it, from the same
 * numbers. Holds times and low-cardinality facts, never what was said.
 */
export class ModelSpan {
  /** The context in which the call's own requests run: its span is the active one. */
  readonly context: Context;
  readonly #out: ModelTelemetry;
  readonly #request: ModelRequest;
  readonly #start: Moment;
  readonly #metricAttributes: Attributes;
  readonly #span: Span | undefined;

  constructor(out: ModelTelemetry, request: ModelRequest, parent: Context) {
    this.#out = out;
    this.#request = request;
    this.#start = now();
    this.#metricAttributes = out.metrics?.requestAttributes(request) ?? {};
    this.#span = out.tracing
      ? out.guard.run("starting a span", () => this.#startSpan(parent))
      : undefined;
    this.context = this.#span === undefined ? parent : trace.setSpan(parent, this.#span);
  }

  /** Seconds since the call started. */
  elapsed(): number {
    return elapsedMs(this.#start) / 1000;
  }

  /** A chunk came `seconds` after the one before it. */
  chunk(seconds: number): void {
    this.#out.metrics?.chunk(seconds, this.#metricAttributes, this.context);
  }

  end(end: ModelEnd): void {
    const ms = elapsedMs(this.#start);
    const { guard, metrics } = this.#out;
    if (metrics !== undefined) {
      guard.run("recording metrics", () =>
        metrics.end(this.#request, end, ms / 1000, this.#metricAttributes, this.context),
      );
    }
    const span = this.#span;
    if (span !== undefined) guard.run("ending a span", () => this.#endSpan(span, end, ms));
  }

  #startSpan(parent: Context): Span {
    const request = this.#request;
    const attributes: Attributes = { ...this.#out.staticAttributes };
    for (const dialect of this.#out.dialects)
      Object.assign(attributes, dialect.requestAttributes(request));
    const name =
      this.#out.spanNames === "semconv"
        ? [request.operation, request.model].filter((part) => part !== undefined).join(" ")
        : `gen_ai.${request.operation}`;
    const options = { kind: SpanKind.CLIENT, attributes, startTime: hrTime(this.#start) };
    return this.#out.source.tracer().startSpan(name, options, parent);
  }

  #endSpan(span: Span, end: ModelEnd, ms: number): void {
    try {
      if (span.isRecording()) this.#write(span, end, hrTime(this.#start, ms));
    } finally {
      span.end(hrTime(this.#start, ms));
    }
  }

  #write(span: Span, end: ModelEnd, time: ReturnType<typeof hrTime>): void {
    for (const dialect of this.#out.dialects) span.setAttributes(dialect.endAttributes(end));
    const failure = end.failure;
    if (end.outcome !== "error" || failure === undefined) return;
    const exception: Attributes = {
      [ATTR_EXCEPTION_TYPE]: failure.type,
      [ATTR_EXCEPTION_MESSAGE]: failure.message,
    };
    if (failure.stack !== undefined) exception[ATTR_EXCEPTION_STACKTRACE] = failure.stack;
    // Not recordException: it takes an error's `code` for its type.
    span.addEvent("exception", exception, time);
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  }
}
