import { columnsOf, dollars, spoken } from "./terminal-text.ts";
import type { TreeLine } from "./tree-lines.ts";

export type Style = "bold" | "dim" | "green" | "red" | "yellow";

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly side: "left" | "right";
  readonly cell: (line: TreeLine) => string;
  readonly style?: (line: TreeLine) => Style;
}

export interface FittedColumn extends Column {
  readonly width: number;
}

/** What stands between two columns. */
export const GAP = "  ";

/** The columns that have something to say, as wide as they need to be and as there is room. */
export function fittedColumns(lines: readonly TreeLine[], width: number): FittedColumn[] {
  const widths = new Map<Column, number>();
  for (const column of COLUMNS) {
    const widest = lines.reduce((most, line) => Math.max(most, columnsOf(column.cell(line))), 0);
    if (widest > 0) widths.set(column, Math.max(widest, columnsOf(column.title)));
  }
  const wanted = new Map(widths);
  const excess = (): number =>
    [...widths.values()].reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  for (const [column, minimum] of REDUCTIONS) {
    const current = widths.get(column);
    if (current === undefined || excess() <= 0) continue;
    if (minimum === 0) widths.delete(column);
    else widths.set(column, Math.min(current, Math.max(minimum, current - excess())));
  }
  // What was left out may have been wider than it had to be.
  for (const [column, current] of widths)
    widths.set(column, Math.min(wanted.get(column) ?? current, current + Math.max(0, -excess())));
  return [...widths].map(([column, columnWidth]) => ({ ...column, width: columnWidth }));
}

export function outcomeStyle({ row }: TreeLine): Style {
  if (row === undefined) return "bold";
  if (row.outcome === "ok") return "green";
  return row.outcome === "error" || row.status === "ERROR" ? "red" : "yellow";
}

// --- internal ---

const STEP: Column = { title: "Step", side: "left", cell: ({ step }) => step };
const AGENT: Column = { title: "Agent", side: "left", cell: ({ agent }) => agent ?? "" };
const MODEL: Column = { title: "Model", side: "left", cell: ({ row }) => row?.model ?? "" };
const TIME: Column = {
  title: "Time",
  side: "right",
  cell: ({ row }) => whenKnown(row?.durationMs, spoken),
};
const FIRST: Column = {
  title: "First at",
  side: "right",
  cell: ({ row }) => whenKnown(row?.firstChunkMs, spoken),
};
const INPUT: Column = {
  title: "Tokens in",
  side: "right",
  cell: ({ figures }) => whenKnown(figures.inputTokens, counted),
};
const OUTPUT: Column = {
  title: "out",
  side: "right",
  cell: ({ figures }) => whenKnown(figures.outputTokens, counted),
};
const CACHED: Column = {
  title: "cached",
  side: "right",
  cell: ({ figures }) => whenAny(figures.cacheReadTokens),
};
const WRITTEN: Column = {
  title: "written",
  side: "right",
  cell: ({ figures }) => whenAny(figures.cacheWriteTokens),
};
const COST: Column = { title: "Cost", side: "right", cell: ({ figures }) => costOf(figures) };
const BAR: Column = { title: "When", side: "left", cell: ({ bar }) => bar, style: outcomeStyle };
const RESULT: Column = {
  title: "Result",
  side: "left",
  cell: ({ row }) => row?.outcome ?? "",
  style: outcomeStyle,
};
const COLUMNS = [
  STEP,
  AGENT,
  MODEL,
  TIME,
  FIRST,
  INPUT,
  OUTPUT,
  CACHED,
  WRITTEN,
  COST,
  BAR,
  RESULT,
];

/**
 * What gives way first. A column that would be narrower than its minimum is cut to it, or is left out if that is 0. The
 * step says what a line is about: it is clipped last, except that no name is so long that it costs the model or the cost.
 */
const REDUCTIONS: readonly (readonly [Column, number])[] = [
  [BAR, 0],
  [FIRST, 0],
  [MODEL, 16],
  [WRITTEN, 0],
  [AGENT, 12],
  [MODEL, 12],
  [CACHED, 0],
  [AGENT, 0],
  [MODEL, 8],
  [STEP, 48],
  [MODEL, 0],
  [STEP, 36],
  [COST, 0],
  [STEP, 16],
];

/** `?` where it is not known, a `+` where a part of it is not. */
function costOf({ costUsd, pricingMissing }: TreeLine["figures"]): string {
  if (costUsd === undefined) return pricingMissing ? "?" : "";
  return dollars(costUsd) + (pricingMissing ? "+" : "");
}

/** With a comma after the thousands, in every locale. */
function counted(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

function whenKnown(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? "" : text(value);
}

function whenAny(tokens: number | undefined): string {
  return tokens === undefined || tokens === 0 ? "" : counted(tokens);
}
