import { diag } from "@opentelemetry/api";

import { Pricing } from "../pricing/pricing.ts";
import {
  accountId,
  type Account,
  ALL_AGENTS,
  heldSlot,
  isOn,
  slotOf,
  type Spender,
} from "./account.ts";
import { BoundedNames } from "./bounded-names.ts";
import { BudgetExceededError } from "./budget-exceeded-error.ts";
import { type BudgetMeter, BudgetMetrics } from "./budget-metrics.ts";
import {
  type Budget,
  budget,
  type BudgetOptions,
  type BudgetStatus,
  budgetStatus,
} from "./budget.ts";
import { storeFilter } from "./store-filter.ts";
import type { Charge, CostStore } from "./store/cost-store.ts";
import { MemoryStore } from "./store/memory-store.ts";
import { RecentMap } from "./store/recent-map.ts";
import { picos } from "./sums.ts";
import { type ThresholdEvent, Thresholds } from "./thresholds.ts";
import { checkTrackerOptions, type CostTrackerOptions } from "./tracker-options.ts";
import { amount, type EndedCall, name, type UsageRecord, usageRecord } from "./usage-record.ts";
import { type UsageFilter, usageSummary, type UsageSummary } from "./usage-summary.ts";

/** Who is asked about, where an agent's name is not enough. */
export interface BudgetScope {
  readonly sessionId?: string | undefined;
  readonly tenant?: string | undefined;
  /** The run of a budget per run. @default the one that has spent last */
  readonly runId?: string | undefined;
}

/** A call that is about to be made. */
export interface ReservationRequest extends BudgetScope {
  readonly agentName?: string | undefined;
  /**
   * What it is known by: that of a run that the calls it pays are in.
   * @default one that no run has
   */
  readonly id?: string | undefined;
  /** USD that it may cost; absent where that is not known. */
  readonly estimate?: number | undefined;
  /** It cannot cost more than the estimate. @default false */
  readonly isBound?: boolean | undefined;
}

export interface ReservedCall {
  /** It has ended, or will not be made: what it has not cost is free. To be called once or more. */
  release(): void;
}

/**
 * Keeps what model calls cost, by agent, session and tenant, and holds them to budgets.
 *
 * ```ts
 * const tracker = new CostTracker();
 * tracker.setBudget("support-agent", { maxUsd: 10, per: "day" });
 * new LangChainInstrumentation({ cost: tracker });
 * createAgent({ …, middleware: [budgetMiddleware(tracker)] });
 * ```
 */
export class CostTracker {
  /** What its calls are priced by. */
  readonly pricing: Pricing;
  readonly #store: CostStore;
  readonly #names = new BoundedNames();
  readonly #budgets = new Map<string, Budget>();
  readonly #thresholds = new Thresholds((fault) => report("a threshold function", fault));
  readonly #metrics: BudgetMetrics = new BudgetMetrics((each) => this.#spent(each));
  /** Whose calls a reservation pays, where that is not what the run says. */
  readonly #payers = new RecentMap<string, { readonly agentName: string | undefined }>(20_000);
  #calls = 0;

  /** @throws TypeError for an option that does not exist or has a wrong value */
  constructor(options: CostTrackerOptions = {}) {
    checkTrackerOptions(options);
    this.pricing = new Pricing(options.prices, environment());
    this.#store = options.store ?? new MemoryStore(options.maxRecords ?? 10_000);
  }

  /**
   * A model call has ended. Handler and instrumentation call this for theirs; for calls that LangChain does not make,
   * call it yourself. It does not throw, and what is no number, or a negative one, is unknown.
   */
  record(call: EndedCall): void {
    this.#guarded("recording a call", () => {
      const ids = (call.runIds ?? []).slice(0, MOST_RUN_IDS);
      const payer = ids.find((id) => this.#payers.get(id) !== undefined);
      const agentName = (payer && this.#payers.get(payer)?.agentName) ?? call.agentName;
      const said = usageRecord({ ...call, agentName }, Date.now());
      const paidBy = payer === undefined ? undefined : { id: payer, done: payer === ids[0] };
      this.#calls += 1;
      if (paidBy?.done === true) this.#payers.delete(paidBy.id);
      for (const charge of this.#store.add(this.#names.bounded(said), paidBy))
        this.#charged(charge);
    });
  }

  /** How many calls it was told of, by this process. */
  get calls(): number {
    return this.#calls;
  }

  /** In USD. Calls without a known price are not in it. */
  getTotalCost(filter: UsageFilter = {}): number {
    return this.getUsageSummary(filter).totalCost;
  }

  /**
   * What the calls come to. With `since` it is exact over the calls that are kept; older ones are summed up by the minute
   * (and when that is too much, by the hour and the day), and count when their minute was not over.
   * @throws TypeError for a filter that is none
   */
  getUsageSummary(filter: UsageFilter = {}): UsageSummary {
    const checked = storeFilter(filter);
    return usageSummary(this.#guarded("reading usage", () => this.#store.usage(checked)) ?? []);
  }

  /** The calls that are kept, oldest first. */
  records(filter: UsageFilter = {}): readonly UsageRecord[] {
    const checked = storeFilter(filter);
    return this.#guarded("reading usage", () => this.#store.records(checked)) ?? [];
  }

  /**
   * What an agent may spend; `"*"` is all agents together. An agent may have several budgets: one for each period,
   * session and tenant; the same again takes the other's place. What was spent before counts, as far as it is known.
   * @throws TypeError for an option that does not exist or has a wrong value
   */
  setBudget(agentName: string, options: BudgetOptions): void {
    const made = budget(agentName, options);
    const id = accountId(made.account);
    if (!this.#budgets.has(id) && this.#budgets.size >= MOST_BUDGETS) {
      throw new RangeError(`There are ${MOST_BUDGETS} budgets already`);
    }
    this.#names.keepAgent(made.account.agentName);
    this.#guarded("opening a budget", () => this.#store.open(made.account, Date.now()));
    this.#budgets.set(id, made);
  }

  /**
   * How an agent stands: by the budget that has the least left, of those that are set for its name (and, where they are
   * given, for the session and the tenant).
   */
  checkBudget(agentName: string, scope: BudgetScope = {}): BudgetStatus {
    const agent = name(agentName) ?? "";
    let tightest: { readonly budget: Budget; readonly spent: bigint } | undefined;
    for (const each of this.#budgets.values()) {
      const { account } = each;
      if (account.agentName !== agent || !isAbout(account, scope)) continue;
      const spent = this.#spent(each, name(scope.runId));
      const left = each.max - spent;
      if (tightest === undefined || left < tightest.budget.max - tightest.spent) {
        tightest = { budget: each, spent };
      }
    }
    if (tightest !== undefined) return budgetStatus(tightest.budget, tightest.spent);
    const everybody = agent === ALL_AGENTS ? undefined : agent;
    return {
      hasBudget: false,
      spent: this.getTotalCost({ agentName: everybody, sessionId: scope.sessionId }),
    };
  }

  /**
   * Has a function told when so much of a budget, any budget, is spent: 0.8 is four fifths, 1 all of it. Once for each
   * run, hour, day or month that the budget is for; of several processes with one store, in the one whose call it was.
   * @returns what to call to hear no more
   */
  onThreshold(share: number, fn: (event: ThresholdEvent) => void): () => void {
    return this.#thresholds.on(share, fn);
  }

  /**
   * Reserves what a call may cost, before it is made: `budgetMiddleware` and `budgetGuard` do. Without a budget there is
   * nothing to reserve; where the store fails, the call is let through, and the failure reported.
   * @throws BudgetExceededError when a budget does not allow the call
   */
  reserve(request: ReservationRequest): ReservedCall {
    const spender = spenderOf(request);
    const budgets = [...this.#budgets.values()].filter(({ account }) => isOn(account, spender));
    const id = request.id ?? crypto.randomUUID();
    const estimate = amount(request.estimate);
    const [at, isBound] = [Date.now(), request.isBound === true && estimate !== undefined];
    const held = picos(estimate ?? 0);
    const reservation = { id, spender, amount: held, isBound, expiresAt: at + TTL_MS };
    const refusal = this.#guarded("reserving a budget", () =>
      budgets.length === 0 ? undefined : this.#store.reserve(reservation, budgets, at),
    );
    const refused = refusal && this.#budgets.get(accountId(refusal.limit.account));
    if (refusal !== undefined && refused !== undefined) {
      throw new BudgetExceededError(refused, refusal, estimate === undefined ? undefined : held);
    }
    this.#payers.set(id, { agentName: spender.agentName });
    return { release: () => this.#release(id) };
  }

  /**
   * A call that was not made, or that nobody was paid for, has ended: what was reserved under the id of its run is free.
   */
  settle(runId: string): void {
    if (this.#payers.get(runId) !== undefined) this.#release(runId);
  }

  /**
   * Makes metrics of the budgets: `{prefix}.budget.limit`, `.spent`, `.remaining` and `.exceeded`. A meter takes the
   * place of the one before.
   */
  observe(meter: BudgetMeter, prefix = "langchain"): void {
    this.#metrics.observe(meter, prefix, this.#budgets);
  }

  /** Ends what the store has open. */
  close(): void {
    this.#metrics.stop();
    this.#guarded("closing the store", () => this.#store.close());
  }

  #release(id: string): void {
    this.#payers.delete(id);
    this.#guarded("releasing a reservation", () => this.#store.release(id));
  }

  #charged(charge: Charge): void {
    const charged = this.#budgets.get(accountId(charge.account));
    if (charged === undefined) return;
    this.#thresholds.charged(charged, charge);
    const { max } = charged;
    if (charge.before < max && charge.after >= max) this.#metrics.exceeded(charged);
  }

  #spent({ account }: Budget, runId?: string): bigint {
    const at = Date.now();
    return (
      this.#guarded("reading a budget", () => {
        const slot =
          account.per === "run"
            ? (runId ?? this.#store.lastSlot(account) ?? "")
            : slotOf(account, at, undefined);
        return this.#store.balance(account, slot, heldSlot(account, runId), at).spent;
      }) ?? 0n
    );
  }

  #guarded<T>(what: string, fn: () => T): T | undefined {
    try {
      return fn();
    } catch (fault) {
      report(what, fault);
      return undefined;
    }
  }
}

// --- internal ---

const MOST_BUDGETS = 10_000;
const MOST_RUN_IDS = 100;
/** A call that takes longer has lost what was reserved for it, and nothing else. */
const TTL_MS = 600_000;

function isAbout(account: Account, { sessionId, tenant }: BudgetScope): boolean {
  const [session, payer] = [name(sessionId), name(tenant)];
  return (
    (session === undefined || account.sessionId === undefined || account.sessionId === session) &&
    (payer === undefined || account.tenant === undefined || account.tenant === payer)
  );
}

function spenderOf({ agentName, sessionId, tenant, runId }: ReservationRequest): Spender {
  return {
    agentName: name(agentName),
    sessionId: name(sessionId),
    tenant: name(tenant),
    runId: name(runId),
  };
}

function environment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as {
    process?: { env?: Readonly<Record<string, string | undefined>> };
  };
  return process?.env ?? {};
}

const reported = new Set<string>();

/** Once for each place: a disk that is full would be told of at every call. */
function report(what: string, fault: unknown): void {
  if (reported.has(what)) return;
  reported.add(what);
  try {
    diag.error(`langchain-otel: ${what} failed; what was spent is incomplete from here on`, fault);
  } catch {
    // There is no one left to tell.
  }
}
