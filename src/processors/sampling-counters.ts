import type { Meter } from "@opentelemetry/api";

import { SpanCounter } from "./span-counter.ts";

/**
 * Why a span was dropped: its trace was complete, not interesting and not in the ratio (`sampling`), or a bound of the
 * memory was reached before the trace was complete (`backpressure`).
 */
export type DropReason = "sampling" | "backpressure";

/** Counts the spans that were handed on and those that were dropped. */
export class SamplingCounters {
  readonly #sampled: SpanCounter;
  readonly #dropped: SpanCounter;

  constructor(meter: () => Meter, prefix: string) {
    this.#sampled = new SpanCounter(
      meter,
      `${prefix}.spans.sampled`,
      "Spans that sampling has kept.",
    );
    this.#dropped = new SpanCounter(
      meter,
      `${prefix}.spans.dropped`,
      "Spans that were not kept, by reason.",
    );
  }

  sampled(spans: number): void {
    this.#sampled.add(spans);
  }

  dropped(spans: number, reason: DropReason): void {
    this.#dropped.add(spans, { reason });
  }
}
