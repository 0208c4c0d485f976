import type { TracePart } from "./open-traces.ts";
import { type FittedColumn, fittedColumns, GAP, outcomeStyle, type Style } from "./span-columns.ts";
import { nest } from "./span-forest.ts";
import { clip, columnsOf } from "./terminal-text.ts";
import { type TreeLine, treeLines } from "./tree-lines.ts";

/** Puts colour on a text, or leaves it as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

/**
 * Spans of a trace as a table: the tree on the left, the numbers on the right, below them those of all model calls
 * together. The first line has the trace id. Columns without a value are left out, and when there is no room the less
 * important ones give way.
 */
export function spanTable(part: TracePart, width: number, paint: Paint): string {
  const roots = nest(part.rows, (row) => ({
    id: row.spanId,
    parentId: row.parentId,
    start: row.startMs,
    name: row.name,
  }));
  const lines = treeLines(roots);
  const columns = fittedColumns(lines, width);
  const heading = columns.map((column) => aligned(column, column.title, column.title)).join(GAP);
  const note = part.note === undefined ? "" : `  (${NOTES[part.note]})`;
  const text = [
    `${paint("bold", "Trace")} ${part.traceId}${note}`,
    paint("dim", heading.trimEnd()),
    ...lines.flatMap((line) => rendered(line, columns, width, paint)),
  ];
  return `${text.join("\n")}\n\n`;
}

// --- internal ---

const NOTES = {
  continued: "continued: these ended later than the rest",
  unfinished: "unfinished: what called these is still running",
} as const;

function rendered(
  line: TreeLine,
  columns: readonly FittedColumn[],
  width: number,
  paint: Paint,
): string[] {
  const cells = columns.map((column) => {
    const cell = clip(column.cell(line), column.width);
    const styled =
      column.style === undefined || cell === "" ? cell : paint(column.style(line), cell);
    return aligned(column, cell, styled);
  });
  const main = cells.join(GAP).trimEnd();
  const failure = line.row?.failure;
  if (failure === undefined) return [main];
  return [main, line.below + paint(outcomeStyle(line), clip(failure, width - line.below.length))];
}

/** As wide as the column; `styled` is the text with its colours, which take no room. */
function aligned(column: FittedColumn, text: string, styled: string): string {
  const room = " ".repeat(Math.max(0, column.width - columnsOf(text)));
  return column.side === "left" ? styled + room : room + styled;
}
