import type { UsageRecord } from "./usage-record.ts";

/** What a budget is for: the run in which it is spent, the hour, the day or the month (UTC), or all time. */
export type Period = "ever" | "run" | "hour" | "day" | "month";

/** Whose spending is counted, and over what time. */
export interface Account {
  /** `*`: all agents together, and what no agent does. */
  readonly agentName: string;
  readonly sessionId: string | undefined;
  readonly tenant: string | undefined;
  readonly per: Period;
}

/** Who spends, and in which run. */
export type Spender = Pick<UsageRecord, "agentName" | "sessionId" | "tenant" | "runId">;

export const ALL_AGENTS = "*";

/** The same for the same account, in every process. */
export function accountId({ agentName, sessionId, tenant, per }: Account): string {
  return JSON.stringify([agentName, sessionId ?? null, tenant ?? null, per]);
}

/** Whether what the spender spends is counted on the account. */
export function isOn(account: Account, spender: Spender): boolean {
  return (
    (account.agentName === ALL_AGENTS || account.agentName === spender.agentName) &&
    (account.sessionId === undefined || account.sessionId === spender.sessionId) &&
    (account.tenant === undefined || account.tenant === spender.tenant) &&
    (account.per !== "run" || spender.runId !== undefined)
  );
}

/** The part of the account that a moment, or a run, belongs to: each starts at 0. */
export function slotOf({ per }: Account, at: number, runId: string | undefined): string {
  if (per === "run") return runId ?? "";
  const start = slotStart(per, at);
  return start === undefined ? "" : new Date(start).toISOString();
}

/** When the hour, the day or the month began; nothing for what has no beginning. */
export function slotStart(per: Period, at: number): number | undefined {
  const date = new Date(at);
  switch (per) {
    case "hour":
      return date.setUTCMinutes(0, 0, 0);
    case "day":
      return date.setUTCHours(0, 0, 0, 0);
    case "month":
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    default:
      return undefined;
  }
}

/**
 * Where a reservation counts: a call that is under way may end in the next hour, so that only a run has its own.
 */
export function heldSlot({ per }: Account, runId: string | undefined): string {
  return per === "run" ? (runId ?? "") : "";
}
