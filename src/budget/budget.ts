import { badOption, shown } from "../bad-option.ts";
import { type Account, ALL_AGENTS, type Period } from "./account.ts";
import { type Picos, picos, usdOf } from "./sums.ts";
import { name } from "./usage-record.ts";

/** What may be spent. */
export interface BudgetOptions {
  /** USD, from 0 to a million. */
  readonly maxUsd: number;
  /** In which time: `hour`, `day` and `month` begin as those of UTC do. @default "ever" */
  readonly per?: Period | undefined;
  /** In this session only. @default in all */
  readonly sessionId?: string | undefined;
  /** For this tenant only. @default for all */
  readonly tenant?: string | undefined;
}

/** A budget that holds. */
export interface Budget {
  readonly account: Account;
  readonly max: Picos;
  readonly maxUsd: number;
}

/** What `checkBudget` answers. */
export type BudgetStatus =
  | {
      readonly hasBudget: true;
      /** USD. */
      readonly budget: number;
      readonly spent: number;
      /** Never below 0. */
      readonly remaining: number;
      /** Whether all of it is spent. */
      readonly exceeded: boolean;
    }
  | { readonly hasBudget: false; readonly spent: number };

/** @throws TypeError for an agent or an option that is none */
export function budget(agentName: string, options: BudgetOptions): Budget {
  const agent = name(agentName);
  if (agent === undefined) {
    throw new TypeError(`Expected an agent's name or "*", got ${shown(agentName)}`);
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected a budget such as { maxUsd: 10 }, got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) {
      throw new TypeError(`There is no option \`${key}\`. The options are ${OPTIONS.join(", ")}`);
    }
  }
  const { maxUsd, per = "ever", sessionId, tenant } = options;
  if (typeof maxUsd !== "number" || !(maxUsd >= 0 && maxUsd <= MOST)) {
    throw badOption("maxUsd", "USD, from 0 to 1,000,000", maxUsd);
  }
  if (!PERIODS.includes(per)) {
    throw badOption("per", PERIODS.map((period) => `"${period}"`).join(", "), per);
  }
  const account = {
    agentName: agent,
    sessionId: part("sessionId", sessionId),
    tenant: part("tenant", tenant),
    per,
  };
  return { account, max: picos(maxUsd), maxUsd };
}

export function budgetStatus({ max, maxUsd }: Budget, spent: Picos): BudgetStatus {
  return {
    hasBudget: true,
    budget: maxUsd,
    spent: usdOf(spent),
    remaining: usdOf(spent < max ? max - spent : 0n),
    exceeded: spent >= max,
  };
}

/** The agent as metrics and messages name it. */
export function spoken({ agentName }: Account): string {
  return agentName === ALL_AGENTS ? "all agents" : JSON.stringify(agentName);
}

// --- internal ---

const MOST = 1_000_000;
const OPTIONS: readonly string[] = ["maxUsd", "per", "sessionId", "tenant"];
const PERIODS: readonly Period[] = ["ever", "run", "hour", "day", "month"];

function part(option: string, value: unknown): string | undefined {
  const said = name(value);
  if (value !== undefined && said === undefined) {
    throw badOption(option, "a non-empty string", value);
  }
  return said;
}
