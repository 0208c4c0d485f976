/** From when to when something was, in milliseconds. */
export interface Period {
  readonly startMs: number;
  readonly durationMs: number;
}

const BAR_WIDTH = 20;

/** Draws periods as bars on one scale, that of all of them: what went on at the same time stands above each other. */
export function timeBars(periods: readonly Period[]): (period: Period) => string {
  const from = periods.reduce((first, { startMs }) => Math.min(first, startMs), Infinity);
  const to = periods.reduce((last, each) => Math.max(last, endOf(each)), from);
  // Of one thing alone a bar says nothing.
  if (periods.length < 2 || !(to > from)) return () => "";
  const at = (ms: number): number => ((ms - from) / (to - from)) * BAR_WIDTH;
  return (period) => {
    const start = Math.min(Math.floor(at(period.startMs)), BAR_WIDTH - 1);
    const end = Math.max(Math.ceil(at(endOf(period))), start + 1);
    return " ".repeat(start) + "━".repeat(end - start);
  };
}

// --- internal ---

function endOf({ startMs, durationMs }: Period): number {
  return startMs + durationMs;
}
