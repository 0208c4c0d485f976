import { addTo, noSums, type Sums, sumsOf, type UsageCell } from "../sums.ts";
import type { UsageRecord } from "../usage-record.ts";
import type { StoreFilter } from "../usage-summary.ts";

export const MINUTE: number = 60_000;
const HOUR: number = 60 * MINUTE;
export const DAY: number = 24 * HOUR;

/** What becomes of the older half when there is too much: minutes to hours, hours to days, days to nothing. */
export const COARSER: readonly (readonly [from: number, to: number | undefined])[] = [
  [MINUTE, HOUR],
  [HOUR, DAY],
  [DAY, undefined],
];

/** How many sums, and sessions, are remembered at least, however few calls are kept one by one. */
export const FEWEST: number = 1000;

/** The model of a call that nobody named. */
export const UNNAMED: string = "unknown";

/**
 * Calls that are not kept one by one any more, summed up by the minute, and where that is too much by the hour and by
 * the day, without their sessions. What is older still is in the totals alone.
 */
export class UsageArchive {
  readonly #most: number;
  readonly #cells = new Map<string, ArchivedCell>();

  /** @param most how many sums are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#cells.size;
  }

  add(record: UsageRecord): void {
    const { agentName = "", sessionId = "", provider, model = UNNAMED, timestamp } = record;
    const key = { agentName, sessionId, provider, model, width: MINUTE };
    this.#add({ ...key, start: timestamp - (timestamp % MINUTE) }, sumsOf(record));
    for (const [from, to] of COARSER) if (this.#cells.size > this.#most) this.#coarsen(from, to);
  }

  /** What is in minutes, hours or days that the moment is in or before. */
  *usage({ agentName, sessionId, since }: StoreFilter): Iterable<UsageCell> {
    for (const cell of this.#cells.values()) {
      if (agentName !== undefined && agentName !== cell.agentName) continue;
      if (sessionId !== undefined && sessionId !== cell.sessionId) continue;
      if (since === undefined || cell.start + cell.width > since) yield cell;
    }
  }

  #add(key: CellKey, sums: Readonly<Sums>): void {
    const { width, start, agentName, sessionId, provider, model } = key;
    const id = JSON.stringify([width, start, agentName, sessionId, provider, model]);
    let cell = this.#cells.get(id);
    if (cell === undefined) this.#cells.set(id, (cell = { ...key, ...noSums() }));
    addTo(cell, sums);
  }

  #coarsen(from: number, to: number | undefined): void {
    const cells = [...this.#cells].filter(([, { width }]) => width === from);
    const starts = cells.map(([, { start }]) => start).sort((a, b) => a - b);
    const middle = starts[Math.floor(starts.length / 2)] ?? 0;
    for (const [id, cell] of cells) {
      if (cell.start > middle) continue;
      this.#cells.delete(id);
      if (to === undefined) continue;
      this.#add({ ...cell, width: to, start: cell.start - (cell.start % to), sessionId: "" }, cell);
    }
  }
}

// --- internal ---

interface CellKey {
  /** Milliseconds: a minute, an hour or a day. */
  readonly width: number;
  readonly start: number;
  /** Empty for none. */
  readonly agentName: string;
  readonly sessionId: string;
  readonly provider: string;
  readonly model: string;
}

interface ArchivedCell extends CellKey, Sums {}
