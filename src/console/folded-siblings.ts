import type { Nested } from "./span-forest.ts";
import type { SpanRow } from "./span-row.ts";

/**
 * Siblings with each long run of equal ones made into one, `POST × 12`, that lasts from the start of the first to the
 * end of the last. Only what says nothing by itself is folded: it has nothing below it, no tokens and no cost.
 */
export function foldSiblings(siblings: readonly Nested<SpanRow>[]): readonly Nested<SpanRow>[] {
  if (siblings.length <= MOST_EQUAL) return siblings;
  const runs: [Nested<SpanRow>, ...Nested<SpanRow>[]][] = [];
  for (const node of siblings) {
    const run = runs.at(-1);
    if (run !== undefined && isPlain(node) && isPlain(run[0]) && areEqual(run[0].item, node.item))
      run.push(node);
    else runs.push([node]);
  }
  return runs.flatMap((run) => (run.length > MOST_EQUAL ? [folded(run)] : run));
}

// --- internal ---

const MOST_EQUAL = 10;

function isPlain({ item, children }: Nested<SpanRow>): boolean {
  return (
    children.length === 0 &&
    item.inputTokens === undefined &&
    item.outputTokens === undefined &&
    item.costUsd === undefined
  );
}

function areEqual(a: SpanRow, b: SpanRow): boolean {
  return (
    a.name === b.name &&
    a.agent === b.agent &&
    a.model === b.model &&
    a.outcome === b.outcome &&
    a.failure === b.failure
  );
}

function folded(run: readonly [Nested<SpanRow>, ...Nested<SpanRow>[]]): Nested<SpanRow> {
  const [first] = run;
  const { name, startMs } = first.item;
  const endMs = run.reduce(
    (last, { item }) => Math.max(last, item.startMs + item.durationMs),
    startMs,
  );
  return {
    ...first,
    item: {
      ...first.item,
      name: `${name} × ${run.length}`,
      durationMs: endMs - startMs,
      firstChunkMs: undefined,
    },
  };
}
