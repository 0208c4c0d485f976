import type { Metrics } from "./telemetry.ts";

/** What a histogram has counted for one set of attributes. */
export interface Point {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly sum: number;
}

/** The points of all histograms, as they were collected last: each time has all of the time before. */
export function metricPoints(metrics: Metrics): Point[] {
  return (metrics.at(-1)?.scopeMetrics ?? [])
    .flatMap((scope) => scope.metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.flatMap(({ attributes, value }) =>
        typeof value === "number"
          ? []
          : [{ metric: descriptor.name, attributes, count: value.count, sum: value.sum ?? 0 }],
      ),
    );
}

/** Their average, for points in seconds. */
export function averageTime(points: readonly Point[]): string {
  const total = points.reduce((sum, point) => sum + point.sum, 0);
  const ms = (total * 1000) / calls(points);
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** How often it happened. */
export function calls(points: readonly Point[]): number {
  return points.reduce((sum, { count }) => sum + count, 0);
}
