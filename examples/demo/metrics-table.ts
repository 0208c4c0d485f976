import { styleText } from "node:util";

import type { Metrics } from "./telemetry.ts";

/** The metrics of the model calls as a table, one column a model. Other metrics, such as those of HTTP, are left out. */
export function metricsTable(metrics: Metrics): string {
  const points = metrics.flatMap(histogramPoints);
  const models = [...new Set(points.map(({ model }) => model))];
  const widths = models.map((model) => Math.max(model.length, 10));
  const row = (label: string, cells: readonly string[]): string =>
    `${label.padEnd(LABEL)}${cells.map((cell, index) => `  ${cell.padStart(widths[index] ?? 0)}`).join("")}\n`;
  const sections = SECTIONS.flatMap(({ metric, rows }) => [
    `${styleText("dim", metric)}\n`,
    ...rows.map(({ label, tokenType, show }) =>
      row(
        `  ${label}`,
        models.map((model) => {
          const point = points.find(
            (each) =>
              each.metric === metric && each.model === model && each.tokenType === tokenType,
          );
          return point === undefined ? "-" : show(point);
        }),
      ),
    ),
  ]);
  return row("", models) + sections.join("");
}

// --- internal ---

const LABEL = 32;

interface Point {
  readonly metric: string;
  readonly model: string;
  readonly tokenType: string | undefined;
  readonly count: number;
  readonly sum: number;
}

interface Row {
  readonly label: string;
  readonly tokenType?: string;
  readonly show: (point: Point) => string;
}

const count: Row = { label: "calls", show: (point) => String(point.count) };
const average: Row = { label: "average", show: (point) => milliseconds(point.sum / point.count) };
const tokens = (tokenType: string, label: string): Row => ({
  label,
  tokenType,
  show: ({ sum }) => sum.toLocaleString("en-US"),
});

const SECTIONS: readonly { readonly metric: string; readonly rows: readonly Row[] }[] = [
  {
    metric: "gen_ai.client.token.usage",
    rows: [
      tokens("input", "input"),
      tokens("output", "output"),
      tokens("cache_read", "cache_read (part of input)"),
      tokens("cache_creation", "cache_creation (part of input)"),
    ],
  },
  { metric: "gen_ai.client.operation.duration", rows: [count, average] },
  { metric: "gen_ai.client.operation.time_to_first_chunk", rows: [average] },
];

function histogramPoints(metrics: Metrics[number]): Point[] {
  return metrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.flatMap(({ attributes, value }) => {
        const model = attributes["gen_ai.request.model"];
        if (typeof model !== "string" || typeof value === "number") return [];
        const tokenType = attributes["gen_ai.token.type"];
        const { count: calls, sum = 0 } = value;
        return [
          {
            metric: descriptor.name,
            model,
            tokenType: typeof tokenType === "string" ? tokenType : undefined,
            count: calls,
            sum,
          },
        ];
      }),
    );
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
