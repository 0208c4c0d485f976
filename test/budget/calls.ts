import type { EndedCall } from "../../src/budget/usage-record.ts";

/** A moment to count from: a minute, an hour, a day and a month begin there. */
export const START = Date.UTC(2026, 2, 1);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A call of an agent's that costs a cent. */
export function call(more: Partial<EndedCall> = {}): EndedCall {
  return {
    agentName: "support-agent",
    provider: "openai",
    model: "gpt-4o",
    inputTokens: 100,
    outputTokens: 20,
    cost: { usd: 0.01 },
    latencyMs: 500,
    timestamp: START,
    ...more,
  };
}
