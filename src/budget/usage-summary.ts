import { addTo, noSums, type Sums, type UsageCell, usdOf } from "./sums.ts";
import type { UsageRecord } from "./usage-record.ts";

/** Which calls: all of them, or those of an agent, of a session, and since a moment. */
export interface UsageFilter {
  readonly agentName?: string | undefined;
  readonly sessionId?: string | undefined;
  /** A `Date`, or milliseconds since 1970; calls of that very moment are in it. */
  readonly since?: Date | number | undefined;
}

/** What the calls come to. */
export interface UsageSummary {
  /** USD. Calls without a known price are not in it. */
  readonly totalCost: number;
  readonly totalInputTokens: number;
  readonly totalOutputTokens: number;
  readonly totalTokens: number;
  readonly numCalls: number;
  /** Of the calls whose time is known; 0 where there is none. */
  readonly avgLatencyMs: number;
  readonly byProvider: Readonly<Record<string, UsageShare>>;
  /** A model that nobody named is `unknown`. */
  readonly byModel: Readonly<Record<string, UsageShare>>;
}

/** What a provider or a model has of it. */
export interface UsageShare {
  /** USD. */
  readonly cost: number;
  readonly calls: number;
  readonly tokens: number;
}

/** A filter as stores get it. */
export interface StoreFilter {
  readonly agentName: string | undefined;
  readonly sessionId: string | undefined;
  readonly since: number | undefined;
}

export function holds(filter: StoreFilter, record: UsageRecord): boolean {
  return (
    (filter.agentName === undefined || filter.agentName === record.agentName) &&
    (filter.sessionId === undefined || filter.sessionId === record.sessionId) &&
    (filter.since === undefined || record.timestamp >= filter.since)
  );
}

export function usageSummary(cells: Iterable<UsageCell>): UsageSummary {
  const total = noSums();
  const [providers, models] = [new Map<string, Sums>(), new Map<string, Sums>()];
  for (const cell of cells) {
    addTo(total, cell);
    addTo(entry(providers, cell.provider), cell);
    addTo(entry(models, cell.model), cell);
  }
  return {
    totalCost: usdOf(total.cost),
    totalInputTokens: total.inputTokens,
    totalOutputTokens: total.outputTokens,
    totalTokens: total.inputTokens + total.outputTokens,
    numCalls: total.calls,
    avgLatencyMs: total.timed === 0 ? 0 : total.latencyMs / total.timed,
    byProvider: shares(providers),
    byModel: shares(models),
  };
}

// --- internal ---

function entry(map: Map<string, Sums>, key: string): Sums {
  const known = map.get(key) ?? noSums();
  map.set(key, known);
  return known;
}

function shares(map: ReadonlyMap<string, Sums>): Readonly<Record<string, UsageShare>> {
  return Object.fromEntries(
    [...map].map(([key, { cost, calls, inputTokens, outputTokens }]) => [
      key,
      { cost: usdOf(cost), calls, tokens: inputTokens + outputTokens },
    ]),
  );
}
