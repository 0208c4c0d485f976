import {
  type Context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";

import { hrTime, now } from "../../telemetry/clock.ts";
import { captureOf, type SpanCapture } from "../../telemetry/span-capture.ts";
import { RecordedSpan } from "./recorded-span.ts";

/** Beyond it nothing more is kept; the spans that go to an SDK go there all the same. */
export const MOST_SPANS = 10_000;

/** Keeps the spans of one piece of work, in the order in which they have started. */
export class SpanRecorder implements SpanCapture {
  readonly #traceId: string;
  /** The work that this one is a part of. */
  readonly #around: SpanRecorder | undefined;
  #spans: RecordedSpan[] = [];
  #isOpen = true;

  /** @param around the context that the work starts in */
  constructor(around: Context) {
    // Of another copy of this package it may be another class, which takes spans by the same method.
    this.#around = captureOf(around) as SpanRecorder | undefined;
    const active = trace.getSpanContext(around);
    this.#traceId =
      active !== undefined && isSpanContextValid(active)
        ? active.traceId
        : (this.#around?.traceId ?? randomHex(16));
  }

  /** Of the first span; of a work without any, what its spans would have had. */
  get traceId(): string {
    return this.#spans[0]?.spanContext().traceId ?? this.#traceId;
  }

  /** What goes on after a part is over is still one of the whole. */
  get isOpen(): boolean {
    return this.#isOpen || this.#around?.isOpen === true;
  }

  startSpan(tracer: Tracer, name: string, options: SpanOptions, parent: Context): Span {
    const below = tracer.startSpan(name, options, parent);
    const given = options.root === true ? undefined : trace.getSpanContext(parent);
    const above = given !== undefined && isSpanContextValid(given) ? given : undefined;
    const made = below.spanContext();
    // Without an SDK the API answers with the parent itself, or with one that has no ids.
    const isReal = isSpanContextValid(made) && made.spanId !== above?.spanId;
    const span = new RecordedSpan({
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      spanContext: isReal ? made : this.#newContext(above),
      parentSpanId: above?.spanId,
      startTime: Array.isArray(options.startTime) ? options.startTime : hrTime(now()),
      attributes: options.attributes ?? {},
      below: isReal ? below : undefined,
    });
    for (const link of options.links ?? []) span.addLink(link);
    this.keep(span);
    return span;
  }

  /** A part of a work is one of the whole, too. */
  keep(span: RecordedSpan): void {
    if (this.#isOpen && this.#spans.length < MOST_SPANS) this.#spans.push(span);
    this.#around?.keep(span);
  }

  /** Ends it, and gives back what there is. */
  close(): readonly RecordedSpan[] {
    const spans = this.#spans;
    this.#isOpen = false;
    this.#spans = [];
    return spans;
  }

  /** Sampled: what is asked over the network and has an SDK makes its spans, of which the trace can be told. */
  #newContext(above: SpanContext | undefined): SpanContext {
    return {
      traceId: above?.traceId ?? this.#traceId,
      spanId: randomHex(8),
      traceFlags: above?.traceFlags ?? TraceFlags.SAMPLED,
      ...(above?.traceState === undefined ? {} : { traceState: above.traceState }),
    };
  }
}

// --- internal ---

/** Never all zeros, which is no id. */
function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  random[0] ||= 1;
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
