import { addTo, noSums, type Sums, sumsOf, type UsageCell } from "../sums.ts";
import type { UsageRecord } from "../usage-record.ts";
import type { StoreFilter } from "../usage-summary.ts";
import { RecentMap } from "./recent-map.ts";
import { UNNAMED } from "./usage-archive.ts";

/** Sums over all calls there ever were: in total, by agent, by session, and by both. */
export class UsageTotals {
  readonly #total = new Totals();
  readonly #byAgent = new Map<string, Totals>();
  readonly #bySession: RecentMap<string, Totals>;

  /** @param sessions how many are remembered at least, with and without their agent */
  constructor(sessions: number) {
    this.#bySession = new RecentMap(2 * sessions);
  }

  add(record: UsageRecord): void {
    const { agentName, sessionId } = record;
    const sums = sumsOf(record);
    this.#total.add(record, sums);
    if (agentName !== undefined) {
      const totals = this.#byAgent.get(agentName) ?? new Totals();
      this.#byAgent.set(agentName, totals);
      totals.add(record, sums);
    }
    if (sessionId === undefined) return;
    for (const agent of agentName === undefined ? [undefined] : [undefined, agentName]) {
      const key = sessionKey(sessionId, agent);
      const totals = this.#bySession.get(key) ?? new Totals();
      this.#bySession.set(key, totals);
      totals.add(record, sums);
    }
  }

  /** Nothing where there has been no such call, or it is too long ago. */
  of({ agentName, sessionId }: StoreFilter): Totals | undefined {
    if (sessionId !== undefined) return this.#bySession.get(sessionKey(sessionId, agentName));
    return agentName === undefined ? this.#total : this.#byAgent.get(agentName);
  }
}

/** The sums of some calls, by provider and model. */
export class Totals {
  /** When the first of them ended. */
  first: number = Number.POSITIVE_INFINITY;
  readonly #cells = new Map<string, TotalCell>();

  add({ provider, model = UNNAMED, timestamp }: UsageRecord, sums: Readonly<Sums>): void {
    this.first = Math.min(this.first, timestamp);
    const id = JSON.stringify([provider, model]);
    let cell = this.#cells.get(id);
    if (cell === undefined) this.#cells.set(id, (cell = { provider, model, ...noSums() }));
    addTo(cell, sums);
  }

  cells(): Iterable<UsageCell> {
    return this.#cells.values();
  }
}

// --- internal ---

interface TotalCell extends Sums {
  readonly provider: string;
  readonly model: string;
}

function sessionKey(sessionId: string, agentName: string | undefined): string {
  return JSON.stringify([sessionId, agentName ?? null]);
}
