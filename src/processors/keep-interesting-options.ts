import type { MeterProvider } from "@opentelemetry/api";

import { badOption, resolveOptions } from "../options.ts";

/** Options of {@link KeepInterestingSpanProcessor}. */
export interface KeepInterestingSpanProcessorOptions {
  /**
   * Share of the traces that are kept although nothing about them is interesting, from 0 to 1. Chosen by trace id, as
   * OpenTelemetry's `TraceIdRatioBasedSampler` does, so that all processes with the same ratio choose the same traces.
   * It is a share of all traces: one that a sampler with the same ratio or a smaller one has let through is kept.
   * @default 0
   */
  readonly ratio?: number | undefined;
  /** A trace is slow, and kept, when one of its spans took at least so many milliseconds. @default never */
  readonly minDurationMs?: number | undefined;
  /**
   * A trace is expensive, and kept, when one of its spans cost at least so many US dollars: the call itself
   * (`langchain.cost.usd`) or all calls below the run (`langchain.cost.total_usd`). @default never
   */
  readonly minCostUsd?: number | undefined;
  /**
   * How many traces may wait to be decided. Those that are in the ratio or have been found interesting do not wait.
   * @default 1000
   */
  readonly maxTraces?: number | undefined;
  /**
   * How many spans one trace may have, open or waiting, until it is decided. A trace that turns out to be interesting is
   * handed on at once: a BatchSpanProcessor needs a `maxQueueSize` above this. @default 1000
   */
  readonly maxSpansPerTrace?: number | undefined;
  /** How long a trace may wait, in milliseconds, from its first span on. @default 3,600,000, one hour */
  readonly traceTtlMs?: number | undefined;
  /** Where `langchain.spans.sampled` and `langchain.spans.dropped` go. @default the global provider */
  readonly meterProvider?: MeterProvider | undefined;
  /** First part of the metrics' names. Environment: `LANGCHAIN_OTEL_METRIC_PREFIX`. @default "langchain" */
  readonly metricPrefix?: string | undefined;
}

/** The options in force. */
export interface ResolvedKeepInterestingOptions {
  readonly ratio: number;
  readonly minDurationMs: number | undefined;
  readonly minCostUsd: number | undefined;
  readonly maxTraces: number;
  readonly maxSpansPerTrace: number;
  readonly traceTtlMs: number;
  readonly meterProvider: MeterProvider | undefined;
  readonly metricPrefix: string;
}

/** @throws TypeError for an option that does not exist, or a wrong value */
export function resolveKeepInterestingOptions(
  options: KeepInterestingSpanProcessorOptions,
): ResolvedKeepInterestingOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw badOption("options", "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) {
      throw new TypeError(`There is no option \`${name}\`. The options are ${OPTIONS.join(", ")}`);
    }
  }
  const { meterProvider, metricPrefix } = options;
  const shared = resolveOptions({ meterProvider, metricPrefix });
  return {
    ratio: checked("ratio", options.ratio, RATIO) ?? 0,
    minDurationMs: checked("minDurationMs", options.minDurationMs, AMOUNT),
    minCostUsd: checked("minCostUsd", options.minCostUsd, AMOUNT),
    maxTraces: checked("maxTraces", options.maxTraces, COUNT) ?? 1000,
    maxSpansPerTrace: checked("maxSpansPerTrace", options.maxSpansPerTrace, COUNT) ?? 1000,
    traceTtlMs: checked("traceTtlMs", options.traceTtlMs, COUNT) ?? 3_600_000,
    meterProvider: shared.meterProvider,
    metricPrefix: shared.metricPrefix,
  };
}

// --- internal ---

const OPTIONS: readonly string[] = [
  "ratio",
  "minDurationMs",
  "minCostUsd",
  "maxTraces",
  "maxSpansPerTrace",
  "traceTtlMs",
  "meterProvider",
  "metricPrefix",
] satisfies (keyof KeepInterestingSpanProcessorOptions)[];

interface NumberRule {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

const RATIO: NumberRule = {
  expected: "a number from 0 to 1",
  holds: (value) => value >= 0 && value <= 1,
};
const AMOUNT: NumberRule = {
  expected: "a number, 0 or above",
  holds: (value) => value >= 0 && value < Infinity,
};
const COUNT: NumberRule = {
  expected: "a whole number above 0",
  holds: (value) => Number.isSafeInteger(value) && value > 0,
};

function checked(name: string, value: number | undefined, rule: NumberRule): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !rule.holds(value)) throw badOption(name, rule.expected, value);
  return value;
}
