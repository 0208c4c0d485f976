import { compareText } from "../console/span-forest.ts";

/** From when to when something was open; only the order of the numbers counts. */
export interface Lifetime {
  readonly start: number;
  readonly end: number;
}

/** Something to be put in order. */
export interface Sibling {
  /** Absent when it is not known. */
  readonly lifetime: Lifetime | undefined;
  /** What it looks like. */
  readonly text: string;
}

/**
 * Puts siblings in an order that is the same in every run. One that ended before another began comes before it;
 * beyond that, time says nothing that would be the same the next time, and the text decides.
 */
export function stableOrder<T extends Sibling>(siblings: readonly T[]): T[] {
  if (siblings.some(({ lifetime }) => lifetime === undefined)) return [...siblings];
  const waiting = siblings.toSorted(byTextThenTime);
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const firstEnd = earliestEnd(waiting);
    const next = waiting.findIndex((each) => !isAfter(each, firstEnd));
    ordered.push(...waiting.splice(next === -1 ? 0 : next, 1));
  }
  return ordered;
}

// --- internal ---

/** The time tells apart what looks the same, so that the order does not depend on the order given. */
function byTextThenTime(a: Sibling, b: Sibling): number {
  const { lifetime: one = NO_TIME } = a;
  const { lifetime: other = NO_TIME } = b;
  return compareText(a.text, b.text) || one.start - other.start || one.end - other.end;
}

const NO_TIME: Lifetime = { start: 0, end: 0 };

function earliestEnd(siblings: readonly Sibling[]): Lifetime {
  let earliest: Lifetime = { start: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  for (const { lifetime } of siblings) {
    if (lifetime === undefined) continue;
    if (
      lifetime.end < earliest.end ||
      (lifetime.end === earliest.end && lifetime.start < earliest.start)
    ) {
      earliest = lifetime;
    }
  }
  return earliest;
}

/** What began at the same moment is not after it, however short it was. */
function isAfter({ lifetime }: Sibling, other: Lifetime): boolean {
  return lifetime !== undefined && lifetime.start >= other.end && lifetime.start > other.start;
}
