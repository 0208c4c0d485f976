import { type Account, ALL_AGENTS, isOn, slotOf, slotStart } from "../account.ts";
import { type Picos, picos } from "../sums.ts";
import type { StoreFilter } from "../usage-summary.ts";
import type { CostStore } from "./cost-store.ts";

/**
 * What a store knows of an account that was not counted yet, by slot. For runs and tenants that is in the calls that are
 * kept, and nowhere else.
 */
export function spentBefore(
  store: Pick<CostStore, "records" | "usage">,
  account: Account,
  at: number,
): ReadonlyMap<string, Picos> {
  const spent = new Map<string, Picos>();
  if (account.per === "run" || account.tenant !== undefined) {
    for (const record of store.records(ANY)) {
      if (!isOn(account, record)) continue;
      const slot = slotOf(account, record.timestamp, record.runId);
      spent.set(slot, (spent.get(slot) ?? 0n) + picos(record.costUsd ?? 0));
    }
    return spent;
  }
  const agentName = account.agentName === ALL_AGENTS ? undefined : account.agentName;
  const since = slotStart(account.per, at);
  let sum = 0n;
  for (const { cost } of store.usage({ agentName, sessionId: account.sessionId, since })) {
    sum += cost;
  }
  return spent.set(slotOf(account, at, undefined), sum);
}

// --- internal ---

const ANY: StoreFilter = { agentName: undefined, sessionId: undefined, since: undefined };
