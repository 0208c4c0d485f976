import { styleText } from "node:util";

import { averageTime, calls, metricPoints, type Point } from "./metric-points.ts";
import type { Metrics } from "./telemetry.ts";

/**
 * The metrics as two tables: of the model calls, one column a model; of agents and tools, one line each. Other metrics,
 * such as those of HTTP, are left out.
 */
export function metricsTable(metrics: Metrics): string {
  const points = metricPoints(metrics);
  return [modelTable(points), runTable(points)].filter((table) => table !== "").join("\n");
}

// --- internal ---

const LABEL = 32;
const NARROWEST = 10;
const MODEL = "gen_ai.request.model";

interface Row {
  readonly label: string;
  readonly tokenType?: string;
  readonly show: (points: readonly Point[]) => string;
}

const count: Row = { label: "calls", show: (points) => String(calls(points)) };
const average: Row = { label: "average", show: averageTime };
const tokens = (tokenType: string, label: string): Row => ({
  label,
  tokenType,
  show: (points) => points.reduce((all, { sum }) => all + sum, 0).toLocaleString("en-US"),
});

const MODEL_SECTIONS: readonly { readonly metric: string; readonly rows: readonly Row[] }[] = [
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

const RUN_SECTIONS = [
  { metric: "gen_ai.invoke_agent.duration", attribute: "gen_ai.agent.name" },
  { metric: "gen_ai.execute_tool.duration", attribute: "gen_ai.tool.name" },
] as const;

function modelTable(points: readonly Point[]): string {
  const models = valuesOf(points, MODEL);
  const widths = models.map((model) => Math.max(model.length, NARROWEST));
  const sections = MODEL_SECTIONS.flatMap(({ metric, rows }) => [
    heading(metric),
    ...rows.map(({ label, tokenType, show }) => {
      const cells = models.map((model) => {
        const counted = points.filter(
          (point) =>
            point.metric === metric &&
            point.attributes[MODEL] === model &&
            point.attributes["gen_ai.token.type"] === tokenType,
        );
        return counted.length === 0 ? "-" : show(counted);
      });
      return line(`  ${label}`, cells, widths);
    }),
  ]);
  return line("", models, widths) + sections.join("");
}

function runTable(points: readonly Point[]): string {
  const columns = [count, average];
  const widths = columns.map(() => NARROWEST);
  const sections = RUN_SECTIONS.flatMap(({ metric, attribute }) => {
    const runs = points.filter((point) => point.metric === metric);
    const lines = valuesOf(runs, attribute).map((name) => {
      const named = runs.filter(({ attributes }) => attributes[attribute] === name);
      return line(
        `  ${name}`,
        columns.map(({ show }) => show(named)),
        widths,
      );
    });
    return lines.length === 0 ? [] : [heading(metric), ...lines];
  });
  const titles = columns.map(({ label }) => label);
  return sections.length === 0 ? "" : line("", titles, widths) + sections.join("");
}

/** In the order in which they came. */
function valuesOf(points: readonly Point[], attribute: string): string[] {
  const values = points.map(({ attributes }) => attributes[attribute]);
  return [...new Set(values.filter((value) => typeof value === "string"))];
}

function heading(metric: string): string {
  return `${styleText("dim", metric)}\n`;
}

function line(label: string, cells: readonly string[], widths: readonly number[]): string {
  const aligned = cells.map((cell, index) => `  ${cell.padStart(widths[index] ?? 0)}`);
  return `${label.padEnd(LABEL)}${aligned.join("")}\n`;
}
