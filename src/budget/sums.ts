import { decimal } from "../pricing/money.ts";
import type { UsageRecord } from "./usage-record.ts";

/**
 * USD in whole units of 10^-12, as `decimal` has them: sums of it are exact, whatever the order, so that what was spent
 * is the same number whether it was added up call by call or once from the records.
 */
export type Picos = bigint;

/** Sums over calls. What a call does not know adds nothing. */
export interface Sums {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cost: Picos;
  latencyMs: number;
  /** How many calls have a latency. */
  timed: number;
}

/** The sums of one model's calls. */
export interface UsageCell extends Readonly<Sums> {
  readonly provider: string;
  readonly model: string;
}

export function noSums(): Sums {
  return { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0n, latencyMs: 0, timed: 0 };
}

/** The sums of one call. */
export function sumsOf(record: UsageRecord): Readonly<Sums> {
  return {
    calls: 1,
    inputTokens: record.inputTokens ?? 0,
    outputTokens: record.outputTokens ?? 0,
    cost: picos(record.costUsd ?? 0),
    latencyMs: record.latencyMs ?? 0,
    timed: record.latencyMs === undefined ? 0 : 1,
  };
}

export function addTo(sums: Sums, more: Readonly<Sums>): void {
  sums.calls += more.calls;
  sums.inputTokens += more.inputTokens;
  sums.outputTokens += more.outputTokens;
  sums.cost += more.cost;
  sums.latencyMs += more.latencyMs;
  sums.timed += more.timed;
}

/** @param usd as `amount` of a record lets it through */
export function picos(usd: number): Picos {
  return decimal(usd);
}

export function usdOf(sum: Picos): number {
  return Number(sum) / 1e12;
}
