import type { TracePart } from "./open-traces.ts";
import { type Nested, nest } from "./span-forest.ts";
import type { SpanRow } from "./span-row.ts";
import { clip, columnsOf, padLeft, padRight, spoken } from "./terminal-text.ts";

type Style = "bold" | "dim" | "green" | "red" | "yellow";

/** Puts colour on a text, or leaves it as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

/**
 * Spans of a trace as a table: the tree on the left, the numbers on the right. The first line has the trace id.
 * Columns without a value are left out, and when there is no room the less important ones give way.
 */
export function spanTable(part: TracePart, width: number, paint: Paint): string {
  const lines = treeLines(part.rows);
  const columns = fitted(lines, width);
  const heading = columns.map((column) => aligned(column, column.title)).join(GAP);
  const note = part.note === undefined ? "" : `  (${NOTES[part.note]})`;
  const text = [
    `${paint("bold", "Trace")} ${part.traceId}${note}`,
    paint("dim", heading.trimEnd()),
    ...lines.flatMap((line) => rendered(line, columns, width, paint)),
  ];
  return `${text.join("\n")}\n\n`;
}

// --- internal ---

const GAP = "  ";
const MAX_LEAD = 30;
const NOTES = {
  continued: "continued: these ended later than the rest",
  unfinished: "unfinished: what called these is still running",
} as const;

/** A span with the lines of the tree to the left of it, and of what is written below it. */
interface TreeLine {
  readonly row: SpanRow;
  readonly lead: string;
  readonly below: string;
}

interface Column {
  readonly title: string;
  readonly side: "left" | "right";
  readonly cell: (line: TreeLine) => string;
  readonly style?: (line: TreeLine) => Style;
}

interface FittedColumn extends Column {
  readonly width: number;
}

const STEP: Column = { title: "Step", side: "left", cell: ({ lead, row }) => lead + row.name };
const MODEL: Column = { title: "Model", side: "left", cell: ({ row }) => row.model ?? "" };
const TIME: Column = { title: "Time", side: "right", cell: ({ row }) => spoken(row.durationMs) };
const FIRST: Column = {
  title: "First at",
  side: "right",
  cell: ({ row }) => whenKnown(row.firstChunkMs, spoken),
};
const INPUT: Column = {
  title: "Tokens in",
  side: "right",
  cell: ({ row }) => whenKnown(row.inputTokens, counted),
};
const OUTPUT: Column = {
  title: "out",
  side: "right",
  cell: ({ row }) => whenKnown(row.outputTokens, counted),
};
const CACHED: Column = {
  title: "cached",
  side: "right",
  cell: ({ row }) => whenAny(row.cacheReadTokens),
};
const WRITTEN: Column = {
  title: "written",
  side: "right",
  cell: ({ row }) => whenAny(row.cacheWriteTokens),
};
const RESULT: Column = {
  title: "Result",
  side: "left",
  cell: ({ row }) => row.outcome,
  style: outcomeStyle,
};
const COLUMNS = [STEP, MODEL, TIME, FIRST, INPUT, OUTPUT, CACHED, WRITTEN, RESULT];

/**
 * What gives way first. A column that would be narrower than its minimum is cut to it, or is left out if that is 0. The
 * step says what a line is about: it is clipped last, except that no name is so long that it costs the model.
 */
const REDUCTIONS: readonly (readonly [Column, number])[] = [
  [FIRST, 0],
  [MODEL, 16],
  [WRITTEN, 0],
  [MODEL, 12],
  [CACHED, 0],
  [MODEL, 8],
  [STEP, 48],
  [MODEL, 0],
  [STEP, 16],
];

function fitted(lines: readonly TreeLine[], width: number): FittedColumn[] {
  const widths = new Map<Column, number>();
  for (const column of COLUMNS) {
    const widest = lines.reduce((most, line) => Math.max(most, columnsOf(column.cell(line))), 0);
    if (widest > 0) widths.set(column, Math.max(widest, columnsOf(column.title)));
  }
  const excess = (): number =>
    [...widths.values()].reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  for (const [column, minimum] of REDUCTIONS) {
    const current = widths.get(column);
    if (current === undefined || excess() <= 0) continue;
    if (minimum === 0) widths.delete(column);
    else widths.set(column, Math.min(current, Math.max(minimum, current - excess())));
  }
  return [...widths].map(([column, columnWidth]) => ({ ...column, width: columnWidth }));
}

/** In the order of printing. With a list of its own and not by recursion, however deep the tree is. */
function treeLines(rows: readonly SpanRow[]): TreeLine[] {
  const roots = nest(rows, (row) => ({
    id: row.spanId,
    parentId: row.parentId,
    start: row.startMs,
    name: row.name,
  }));
  const lines: TreeLine[] = [];
  const next = roots.map((node) => ({ node, lead: "", indent: "" })).toReversed();
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    const { node, lead, indent } = entry;
    lines.push({
      row: node.item,
      lead: shortened(lead),
      below: shortened(indent + (node.children.length > 0 ? "│  " : "   ")),
    });
    for (const child of node.children.toReversed()) next.push(childEntry(node, child, indent));
  }
  return lines;
}

function childEntry(parent: Nested<SpanRow>, child: Nested<SpanRow>, indent: string): TreeEntry {
  const last = parent.children.at(-1) === child;
  // Only the end of it can be seen; the whole of it would be as long as the tree is deep.
  const seen = indent.slice(-MAX_LEAD);
  return {
    node: child,
    lead: seen + (last ? "└─ " : "├─ "),
    indent: seen + (last ? "   " : "│  "),
  };
}

interface TreeEntry {
  readonly node: Nested<SpanRow>;
  readonly lead: string;
  readonly indent: string;
}

/** Far down, the lines of the tree would leave no room for the names. */
function shortened(lead: string): string {
  return lead.length > MAX_LEAD ? `…${lead.slice(1 - MAX_LEAD)}` : lead;
}

function rendered(
  line: TreeLine,
  columns: readonly FittedColumn[],
  width: number,
  paint: Paint,
): string[] {
  const cells = columns.map((column) => {
    const cell = aligned(column, clip(column.cell(line), column.width));
    return column.style === undefined ? cell : paint(column.style(line), cell.trimEnd());
  });
  const main = cells.join(GAP).trimEnd();
  if (line.row.failure === undefined) return [main];
  return [
    main,
    line.below + paint(outcomeStyle(line), clip(line.row.failure, width - line.below.length)),
  ];
}

function aligned(column: FittedColumn, text: string): string {
  return column.side === "left" ? padRight(text, column.width) : padLeft(text, column.width);
}

function outcomeStyle({ row }: TreeLine): Style {
  if (row.outcome === "ok") return "green";
  return row.outcome === "error" || row.status === "ERROR" ? "red" : "yellow";
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
