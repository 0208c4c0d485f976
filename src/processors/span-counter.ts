import type { Attributes, Counter, Meter } from "@opentelemetry/api";

/** Counts spans. The counter is made at its first use, and again when the meter is another. */
export class SpanCounter {
  readonly #meter: () => Meter;
  readonly #name: string;
  readonly #description: string;
  #counter: { meter: Meter; made: Counter } | undefined;

  constructor(meter: () => Meter, name: string, description: string) {
    this.#meter = meter;
    this.#name = name;
    this.#description = description;
  }

  add(spans: number, attributes?: Attributes): void {
    const meter = this.#meter();
    if (this.#counter?.meter !== meter) {
      const made = meter.createCounter(this.#name, {
        unit: "{span}",
        description: this.#description,
      });
      this.#counter = { meter, made };
    }
    this.#counter.made.add(spans, attributes);
  }
}
