import { foldSiblings } from "./folded-siblings.ts";
import type { Nested } from "./span-forest.ts";
import type { SpanRow } from "./span-row.ts";
import { type Period, timeBars } from "./time-bar.ts";
import { type TraceTotal, traceTotal } from "./trace-total.ts";

/** What is written about a span, or about the whole trace. */
export interface TreeLine {
  /** With the lines of the tree to the left of it. */
  readonly step: string;
  /** The lines of the tree to the left of what is written below it. */
  readonly below: string;
  /** Who did it, unless its own name says so or something above it. */
  readonly agent: string | undefined;
  readonly bar: string;
  readonly figures: Pick<
    SpanRow,
    "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "costUsd"
  > & { readonly pricingMissing: boolean };
  /** Absent where the line is about the trace. */
  readonly row: SpanRow | undefined;
}

/**
 * In the order of printing, the total last if there were model calls. With a list of its own and not by recursion,
 * however deep the tree is.
 */
export function treeLines(roots: readonly Nested<SpanRow>[]): TreeLine[] {
  const entries = treeEntries(roots);
  const bar = timeBars(entries.map(({ node }) => node.item));
  const lines = entries.map((entry) => spanTreeLine(entry, bar));
  const total = traceTotal(roots);
  return total.calls === 0 ? lines : [...lines, totalLine(total)];
}

// --- internal ---

const MAX_LEAD = 30;

interface TreeEntry {
  readonly node: Nested<SpanRow>;
  readonly lead: string;
  readonly indent: string;
  /** The agent that the reader knows of, from above. */
  readonly agent: string | undefined;
}

function treeEntries(roots: readonly Nested<SpanRow>[]): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const next: TreeEntry[] = foldSiblings(roots)
    .map((node) => ({ node, lead: "", indent: "", agent: undefined }))
    .toReversed();
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    entries.push(entry);
    const children = foldSiblings(entry.node.children);
    for (const child of children.toReversed())
      next.push(childEntry(entry, child, child === children.at(-1)));
  }
  return entries;
}

function childEntry(parent: TreeEntry, node: Nested<SpanRow>, last: boolean): TreeEntry {
  // Only the end of it can be seen; the whole of it would be as long as the tree is deep.
  const seen = parent.indent.slice(-MAX_LEAD);
  return {
    node,
    lead: seen + (last ? "└─ " : "├─ "),
    indent: seen + (last ? "   " : "│  "),
    agent: parent.node.item.agent ?? parent.agent,
  };
}

function spanTreeLine(entry: TreeEntry, bar: (period: Period) => string): TreeLine {
  const { node, lead, indent } = entry;
  const row = node.item;
  const told = row.agent === undefined || row.agent === entry.agent || row.name.includes(row.agent);
  return {
    step: shortened(lead) + row.name,
    below: shortened(indent + (node.children.length > 0 ? "│  " : "   ")),
    agent: told ? undefined : row.agent,
    bar: bar(row),
    figures: row,
    row,
  };
}

function totalLine(total: TraceTotal): TreeLine {
  return {
    step: `Total of ${total.calls} model ${total.calls === 1 ? "call" : "calls"}`,
    below: "",
    agent: undefined,
    bar: "",
    figures: total,
    row: undefined,
  };
}

/** Far down, the lines of the tree would leave no room for the names. */
function shortened(lead: string): string {
  return lead.length > MAX_LEAD ? `…${lead.slice(1 - MAX_LEAD)}` : lead;
}
