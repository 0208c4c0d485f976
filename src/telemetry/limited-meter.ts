import type { Attributes, Context, Counter, Meter, UpDownCounter } from "@opentelemetry/api";

import type { CardinalityCaps } from "../semconv/dimensions.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import { Cardinality } from "./cardinality.ts";

/** The meter of now, as far as we use one, whose instruments take no more values than the caps allow. */
export type LimitedMeter = Pick<Meter, "createHistogram" | "createCounter" | "createUpDownCounter">;

/**
 * The same for the same meter: whoever keeps instruments compares, and the caps are the meter's. An application that
 * makes a handler for each request has the values of them all in one back end.
 */
export function limitedMeters(
  meter: () => Meter,
  caps: CardinalityCaps,
  prefix: string,
): () => LimitedMeter {
  const key = JSON.stringify([prefix, caps]);
  let made: { of: Meter; limited: LimitedMeter } | undefined;
  return () => {
    const current = meter();
    if (made?.of !== current) made = { of: current, limited: shared(current, caps, prefix, key) };
    return made.limited;
  };
}

// --- internal ---

/** By meter, and by what limits it. */
const limitedOf = new WeakMap<Meter, Map<string, LimitedMeter>>();

function shared(meter: Meter, caps: CardinalityCaps, prefix: string, key: string): LimitedMeter {
  const known = limitedOf.get(meter) ?? new Map<string, LimitedMeter>();
  limitedOf.set(meter, known);
  const limited = known.get(key) ?? limitedMeter(meter, caps, prefix);
  if (known.size < MOST_LIMITS) known.set(key, limited);
  return limited;
}

/** Different options in one process; nobody has more than a few. */
const MOST_LIMITS = 100;

function limitedMeter(meter: Meter, caps: CardinalityCaps, prefix: string): LimitedMeter {
  const overflows = meter.createCounter(`${prefix}.cardinality.overflows`, {
    unit: "{value}",
    description: "Number of values recorded as overflow, by dimension.",
  });
  const cardinality = new Cardinality(caps, (dimension) =>
    overflows.add(1, { [OWN_METRIC.dimension]: dimension }),
  );
  const limited = (attributes: Attributes | undefined): Attributes | undefined =>
    attributes && cardinality.limited(attributes);
  return {
    createHistogram: (name, options) => {
      const histogram = meter.createHistogram(name, options);
      return {
        record: (value: number, attributes?: Attributes, context?: Context) =>
          histogram.record(value, limited(attributes), context),
      };
    },
    createCounter: (name, options) => adding(meter.createCounter(name, options), limited),
    createUpDownCounter: (name, options) =>
      adding(meter.createUpDownCounter(name, options), limited),
  };
}

function adding<T extends Counter | UpDownCounter>(
  counter: T,
  limited: (attributes: Attributes | undefined) => Attributes | undefined,
): T {
  return {
    add: (value: number, attributes?: Attributes, context?: Context) =>
      counter.add(value, limited(attributes), context),
  } as T;
}
