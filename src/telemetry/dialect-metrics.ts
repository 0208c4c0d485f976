import type { Attributes, Context, Counter } from "@opentelemetry/api";

import type { Dialect } from "../dialects/dialect.ts";
import type { RunEnd, RunRequest } from "../operation.ts";
import type { InstrumentDefinition } from "../semconv/metrics.ts";
import type { LimitedMeter } from "./limited-meter.ts";

/** What vocabularies beside the conventions' own have metrics say. */
export class DialectMetrics {
  readonly #meter: () => LimitedMeter;
  readonly #dialects: readonly Dialect[];
  #counters: { meter: LimitedMeter; made: Map<string, Counter> } | undefined;

  constructor(meter: () => LimitedMeter, dialects: readonly Dialect[]) {
    this.#meter = meter;
    this.#dialects = dialects;
  }

  /** Attributes of the conventions' metrics of the run. */
  requestAttributes(request: RunRequest): Attributes {
    const attributes: Attributes = {};
    for (const dialect of this.#dialects)
      Object.assign(attributes, dialect.metricAttributes?.(request));
    return attributes;
  }

  /** A run that ended adds to the vocabularies' own counters. */
  end(request: RunRequest, end: RunEnd, context: Context): void {
    for (const dialect of this.#dialects)
      for (const { counter, value, attributes } of dialect.counts?.(request, end) ?? [])
        this.#counter(counter)?.add(value, attributes, context);
  }

  /** As all instruments, made again when the meter is another. */
  #counter({ name, unit, description }: InstrumentDefinition): Counter | undefined {
    const meter = this.#meter();
    if (this.#counters?.meter !== meter) this.#counters = { meter, made: new Map() };
    const { made } = this.#counters;
    const known = made.get(name);
    if (known !== undefined || made.size >= MOST_COUNTERS) return known;
    const counter = meter.createCounter(name, { unit, description });
    made.set(name, counter);
    return counter;
  }
}

// --- internal ---

const MOST_COUNTERS = 100;
