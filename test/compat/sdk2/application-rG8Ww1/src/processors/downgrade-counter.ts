import type { Counter, Meter } from "@opentelemetry/api";

/** Counts downgraded spans by rule. The counter is made at its first use, and again when the meter is another. */
export class DowngradeCounter {
  readonly #meter: () => Meter;
  readonly #name: string;
  #counter: { meter: Meter; made: Counter } | undefined;

  constructor(meter: () => Meter, prefix: string) {
    this.#meter = meter;
    this.#name = `${prefix}.spans.downgraded`;
  }

  add(rule: string): void {
    const meter = this.#meter();
    if (this.#counter?.meter !== meter) {
      this.#counter = { meter, made: meter.createCounter(this.#name, INSTRUMENT) };
    }
    this.#counter.made.add(1, { rule });
  }
}

// --- internal ---

const INSTRUMENT = {
  unit: "{span}",
  description: "Spans set from ERROR to UNSET because their errors were benign.",
};
