import type { SQLInputValue, SQLOutputValue } from "node:sqlite";

import { type Picos, picos, type UsageCell, usdOf } from "../budget/sums.ts";
import type { UsageRecord } from "../budget/usage-record.ts";
import type { Row } from "./sqlite-database.ts";

/** A record as the columns of its row. */
export function valuesOf(record: UsageRecord): Record<string, SQLInputValue> {
  const { cacheReadTokens, cacheWriteTokens, reasoningTokens, costParts, pattern, traceId } =
    record;
  return {
    at: record.timestamp,
    agent: record.agentName ?? null,
    session: record.sessionId ?? null,
    tenant: record.tenant ?? null,
    run: record.runId ?? null,
    provider: record.provider,
    model: record.model ?? null,
    input: record.inputTokens ?? null,
    output: record.outputTokens ?? null,
    cost: record.costUsd === undefined ? null : picos(record.costUsd),
    latency: record.latencyMs ?? null,
    more: JSON.stringify({
      cacheReadTokens,
      cacheWriteTokens,
      reasoningTokens,
      costParts,
      pattern,
      traceId,
    } satisfies More),
  };
}

export function recordOf(row: Row): UsageRecord {
  const more = JSON.parse(String(row["more"])) as Partial<More>;
  return {
    agentName: text(row["agent"]),
    sessionId: text(row["session"]),
    tenant: text(row["tenant"]),
    model: text(row["model"]),
    provider: String(row["provider"]),
    inputTokens: number(row["input"]),
    outputTokens: number(row["output"]),
    cacheReadTokens: more.cacheReadTokens,
    cacheWriteTokens: more.cacheWriteTokens,
    reasoningTokens: more.reasoningTokens,
    costUsd: row["cost"] === null ? undefined : usdOf(toPicos(row["cost"])),
    costParts: more.costParts,
    latencyMs: number(row["latency"]),
    pattern: more.pattern,
    timestamp: Number(row["at"]),
    traceId: more.traceId,
    runId: text(row["run"]),
  };
}

export function cellOf(row: Row): UsageCell {
  return {
    provider: String(row["provider"]),
    model: String(row["model"]),
    calls: Number(row["calls"]),
    inputTokens: Number(row["input"]),
    outputTokens: Number(row["output"]),
    cost: toPicos(row["cost"]),
    latencyMs: Number(row["latency"]),
    timed: Number(row["timed"]),
  };
}

/** SQLite makes a floating point number of a sum that is too large for it. */
export function toPicos(value: SQLOutputValue | undefined): Picos {
  return typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value ?? 0)));
}

// --- internal ---

/** What is never asked for by itself. */
type More = Pick<
  UsageRecord,
  "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "costParts" | "pattern" | "traceId"
>;

function text(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
