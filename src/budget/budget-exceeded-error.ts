import type { Period } from "./account.ts";
import { type Budget, spoken } from "./budget.ts";
import type { Refusal } from "./store/cost-store.ts";
import { type Picos, usdOf } from "./sums.ts";

/** Registered, so that all copies of this package agree. */
const EXCEEDED = Symbol.for("langchain-otel.budget-exceeded/1");

/**
 * A call was not made: it would have been above a budget, or all of the budget is spent. Nothing was sent, and nothing
 * was paid. LangChain wraps what a middleware throws; `error instanceof BudgetExceededError` is true of the wrapper too,
 * and `BudgetExceededError.from(error)` answers the error itself, with its numbers.
 */
export class BudgetExceededError extends Error {
  override readonly name = "BudgetExceededError";
  /** Whose budget it is; `*` is that of all agents. */
  readonly agentName: string;
  readonly sessionId: string | undefined;
  readonly tenant: string | undefined;
  readonly per: Period;
  /** USD. */
  readonly budget: number;
  readonly spent: number;
  /** Never below 0. */
  readonly remaining: number;
  /** Kept back for calls that had not ended. */
  readonly reserved: number;
  /** What the call might have cost; absent where that is not known. */
  readonly estimate: number | undefined;

  constructor(budget: Budget, { spent, held }: Pick<Refusal, "spent" | "held">, estimate?: Picos) {
    super(message(budget, spent, held, estimate));
    Object.defineProperty(this, EXCEEDED, { value: true });
    const { account, max, maxUsd } = budget;
    this.agentName = account.agentName;
    this.sessionId = account.sessionId;
    this.tenant = account.tenant;
    this.per = account.per;
    this.budget = maxUsd;
    this.spent = usdOf(spent);
    this.remaining = usdOf(spent < max ? max - spent : 0n);
    this.reserved = usdOf(held);
    this.estimate = estimate === undefined ? undefined : usdOf(estimate);
  }

  /** The error, where it is one or was caused by one. */
  static from(error: unknown): BudgetExceededError | undefined {
    let next = error;
    for (let depth = 0; depth < MOST_CAUSES && isObject(next); depth++) {
      if (isMarked(next)) return next as BudgetExceededError;
      next = causeOf(next);
    }
    return undefined;
  }

  static override [Symbol.hasInstance](error: unknown): boolean {
    return BudgetExceededError.from(error) !== undefined;
  }
}

// --- internal ---

const MOST_CAUSES = 8;

function message(
  { account, max, maxUsd }: Budget,
  spent: Picos,
  held: Picos,
  estimate: Picos | undefined,
): string {
  const per = account.per === "ever" ? "" : ` per ${account.per}`;
  const budget = `The budget of ${spoken(account)}`;
  if (spent >= max) return `${budget} is spent: ${usdOf(spent)} of ${maxUsd} USD${per}`;
  const reserved = held === 0n ? "" : `, ${usdOf(held)} are reserved`;
  return `${budget} is too low for this call: of ${maxUsd} USD${per}, ${usdOf(spent)} are spent${reserved}, and it may cost ${usdOf(estimate ?? 0n)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isMarked(error: object): boolean {
  try {
    return (error as Readonly<Record<symbol, unknown>>)[EXCEEDED] === true;
  } catch {
    return false;
  }
}

function causeOf(error: object): unknown {
  try {
    return (error as { cause?: unknown }).cause;
  } catch {
    return undefined;
  }
}
