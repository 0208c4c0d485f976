import type { Meter } from "@opentelemetry/api";

import { SpanCounter } from "./span-counter.ts";

/** Counts downgraded spans by rule. */
export class DowngradeCounter {
  readonly #counter: SpanCounter;

  constructor(meter: () => Meter, prefix: string) {
    this.#counter = new SpanCounter(
      meter,
      `${prefix}.spans.downgraded`,
      "Spans set from ERROR to UNSET because their errors were benign.",
    );
  }

  add(rule: string): void {
    this.#counter.add(1, { rule });
  }
}
