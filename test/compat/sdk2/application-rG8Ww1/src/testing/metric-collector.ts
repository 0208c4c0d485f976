import type { Attributes } from "@opentelemetry/api";

import { compareText } from "../console/span-forest.ts";
import type { CollectedMetric, MetricsSdk } from "./sdk-types.ts";

/** A metric in plain form. */
export interface TestMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: "counter" | "up_down_counter" | "gauge" | "histogram" | "exponential_histogram";
  /** One for each combination of attributes, in the order of their attributes. */
  readonly points: readonly TestMetricPoint[];
}

/** `value` for counters and gauges, the rest for histograms. */
export type TestMetricPoint = TestValuePoint | TestHistogramPoint;

export interface TestValuePoint {
  readonly attributes: Attributes;
  readonly value: number;
}

export interface TestHistogramPoint {
  readonly attributes: Attributes;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** `counts` is one longer than `boundaries`; exponential histograms have none. */
  readonly buckets?: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/**
 * Collects metrics since the last `reset()`, which the SDK's aggregations do not know: they go on for ever. So each
 * measurement is stamped, as it is made, with an attribute that says how many resets there were before it; what was
 * measured earlier is left out when collecting. Unlike a collection, the stamp changes at once.
 */
export class MetricCollector {
  readonly #types: ReadonlyMap<number, TestMetric["type"]>;
  readonly #reader: InstanceType<MetricsSdk["MetricReader"]>;
  #epoch = 0;

  constructor(sdk: MetricsSdk) {
    this.#reader = new (withHooks(sdk.MetricReader))();
    this.#types = new Map([
      [sdk.DataPointType.SUM, "counter"],
      [sdk.DataPointType.GAUGE, "gauge"],
      [sdk.DataPointType.HISTOGRAM, "histogram"],
      [sdk.DataPointType.EXPONENTIAL_HISTOGRAM, "exponential_histogram"],
    ]);
  }

  /** Options of the MeterProvider that this collects from. */
  get providerOptions(): object {
    const stamp = {
      process: (attributes: Attributes) => ({ ...attributes, [EPOCH]: this.#epoch }),
    };
    const view = {
      instrumentName: "*",
      attributesProcessors: [stamp],
      aggregationCardinalityLimit: MAX_POINTS,
    };
    return { readers: [this.#reader], views: [view] };
  }

  reset(): void {
    this.#epoch += 1;
  }

  /** Sorted by name. */
  async metrics(): Promise<TestMetric[]> {
    const epoch = this.#epoch;
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, "Metrics could not be collected");
    return resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .map((metric) => this.#plain(metric, epoch))
      .filter((metric) => metric.points.length > 0)
      .sort((a, b) => compareText(a.name, b.name));
  }

  // --- internal ---

  #plain(metric: CollectedMetric, epoch: number): TestMetric {
    const type = this.#types.get(metric.dataPointType) ?? "gauge";
    return {
      name: metric.descriptor.name,
      unit: metric.descriptor.unit,
      type: type === "counter" && metric.isMonotonic === false ? "up_down_counter" : type,
      points: metric.dataPoints
        .filter((point) => point.attributes[EPOCH] === epoch)
        .map((point) => plainPoint(point))
        .sort((a, b) => compareText(sortKey(a.attributes), sortKey(b.attributes))),
    };
  }
}

const EPOCH = "langchain-otel.testing.epoch";
/** The SDK's limit of 2000 is soon reached when many tests share a telemetry. */
const MAX_POINTS = 1_000_000;

/** A reader that collects when it is asked to and has nothing to do otherwise. */
function withHooks(MetricReader: MetricsSdk["MetricReader"]): MetricsSdk["MetricReader"] {
  return class extends MetricReader {
    async onShutdown(): Promise<void> {}
    async onForceFlush(): Promise<void> {}
  };
}

interface Distribution {
  readonly count: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly buckets?: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

function plainPoint(point: CollectedMetric["dataPoints"][number]): TestMetricPoint {
  const { [EPOCH]: _epoch, ...attributes } = point.attributes;
  if (typeof point.value === "number") return { attributes, value: point.value };
  const { count, sum = 0, min = 0, max = 0, buckets } = point.value as Distribution;
  return {
    attributes,
    count,
    sum,
    min,
    max,
    ...(buckets !== undefined && {
      buckets: { boundaries: [...buckets.boundaries], counts: [...buckets.counts] },
    }),
  };
}

function sortKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => compareText(a, b)));
}
