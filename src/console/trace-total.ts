import type { Nested } from "./span-forest.ts";
import type { SpanRow } from "./span-row.ts";

/** What the model calls of a trace come to; absent is what none of them says. */
export interface TraceTotal {
  readonly calls: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly costUsd: number | undefined;
  readonly pricingMissing: boolean;
}

export function traceTotal(roots: readonly Nested<SpanRow>[]): TraceTotal {
  const calls = topCalls(roots);
  const sum = (figure: (row: SpanRow) => number | undefined): number | undefined => {
    const known = calls.map(figure).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((all, each) => all + each, 0);
  };
  return {
    calls: calls.length,
    inputTokens: sum((row) => row.inputTokens),
    outputTokens: sum((row) => row.outputTokens),
    cacheReadTokens: sum((row) => row.cacheReadTokens),
    cacheWriteTokens: sum((row) => row.cacheWriteTokens),
    costUsd: sum((row) => row.costUsd),
    pricingMissing: calls.some((row) => row.pricingMissing),
  };
}

// --- internal ---

/** A call inside a call is the same one, seen by the provider's client too. */
function topCalls(roots: readonly Nested<SpanRow>[]): SpanRow[] {
  const calls: SpanRow[] = [];
  const next = [...roots];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (node.item.isCall) calls.push(node.item);
    else for (const child of node.children) next.push(child);
  }
  return calls;
}
