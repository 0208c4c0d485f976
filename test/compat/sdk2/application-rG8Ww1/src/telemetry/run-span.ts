import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

import type { Dialect } from "../dialects/dialect.ts";
import type { RunEnd, RunRequest } from "../operation.ts";
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "../semconv/stable.ts";
import { elapsedMs, hrTime, type Moment, now } from "./clock.ts";
import type { Guard } from "./guard.ts";
import type { ProviderSource } from "./provider-source.ts";
import type { RunMetrics } from "./run-metrics.ts";
import { spanShape } from "./span-shape.ts";

/** How runs are written. */
export interface RunTelemetry {
  readonly source: ProviderSource;
  readonly metrics: RunMetrics | undefined;
  readonly dialects: readonly Dialect[];
  readonly tracing: boolean;
  readonly spanNames: "gen_ai" | "semconv";
  readonly staticAttributes: Attributes;
  readonly guard: Guard;
}

/**
 * One run on its way out: a span that we own from start to end, and the metrics beside it, from the same numbers. Holds
 * times and low-cardinality facts, never what was said.
 */
export class RunSpan {
  /** The context of whatever the run itself does: its span is the active one. */
  readonly context: Context;
  readonly #out: RunTelemetry;
  #request: RunRequest;
  readonly #start: Moment;
  #metricAttributes: Attributes;
  readonly #span: Span | undefined;

  constructor(out: RunTelemetry, request: RunRequest, parent: Context) {
    this.#out = out;
    this.#request = request;
    this.#start = now();
    this.#metricAttributes = out.metrics?.requestAttributes(request) ?? {};
    const elsewhere = "reportedElsewhere" in request && request.reportedElsewhere === true;
    this.#span =
      out.tracing && !elsewhere
        ? out.guard.run("starting a span", () => this.#startSpan(parent))
        : undefined;
    this.context = this.#span === undefined ? parent : trace.setSpan(parent, this.#span);
  }

  /** Seconds since the call started. */
  elapsed(): number {
    return elapsedMs(this.#start) / 1000;
  }

  /** What the run is was not to be seen at its start. What the first request has said and this one does not, stays. */
  become(request: RunRequest): void {
    const { guard, metrics, spanNames } = this.#out;
    guard.run("describing a span anew", () => {
      this.#request = request;
      this.#metricAttributes = metrics?.requestAttributes(request) ?? {};
      this.#span?.updateName(spanShape(request, spanNames).name);
      for (const dialect of this.#out.dialects)
        this.#span?.setAttributes(dialect.requestAttributes(request));
    });
  }

  /** Says that something happened. Attributes are low-cardinality facts, never what was said. */
  addEvent(name: string, attributes: Attributes): void {
    this.#out.guard.run("adding an event", () =>
      this.#span?.addEvent(name, attributes, hrTime(now())),
    );
  }

  /** Points to a span that this one goes on from. */
  addLink(link: Link): void {
    this.#out.guard.run("adding a link", () => this.#span?.addLink(link));
  }

  /** Who the span is, for links to it. */
  get spanContext(): SpanContext | undefined {
    return this.#span?.spanContext();
  }

  /** A chunk came `seconds` after the one before it. */
  chunk(seconds: number): void {
    this.#out.metrics?.chunk(seconds, this.#metricAttributes, this.context);
  }

  end(end: RunEnd): void {
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
    const { name, kind } = spanShape(request, this.#out.spanNames);
    const options = { kind, attributes, startTime: hrTime(this.#start) };
    return this.#out.source.tracer().startSpan(name, options, parent);
  }

  #endSpan(span: Span, end: RunEnd, ms: number): void {
    try {
      if (span.isRecording()) this.#write(span, end, hrTime(this.#start, ms));
    } finally {
      span.end(hrTime(this.#start, ms));
    }
  }

  #write(span: Span, end: RunEnd, time: ReturnType<typeof hrTime>): void {
    for (const dialect of this.#out.dialects)
      span.setAttributes(dialect.endAttributes(this.#request, end));
    const failure = end.failure;
    if (end.outcome !== "error" || failure === undefined) return;
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
    if (failure.thrown === false) return;
    const exception: Attributes = {
      [ATTR_EXCEPTION_TYPE]: failure.type,
      [ATTR_EXCEPTION_MESSAGE]: failure.message,
    };
    if (failure.stack !== undefined) exception[ATTR_EXCEPTION_STACKTRACE] = failure.stack;
    // Not recordException: it takes an error's `code` for its type.
    span.addEvent("exception", exception, time);
  }
}
