import type { Counter, Meter, ObservableCallback, ObservableGauge } from "@opentelemetry/api";

import { ownBudgetInstruments } from "../semconv/budget-metrics.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import type { Budget } from "./budget.ts";
import { type Picos, usdOf } from "./sums.ts";

/** What is needed of a meter. */
export type BudgetMeter = Pick<Meter, "createObservableGauge" | "createCounter">;

/**
 * Budgets as metrics, read when they are collected: a new day begins without a call. Budgets of single runs, sessions and
 * tenants are left out, since there is no bound to how many there are.
 */
export class BudgetMetrics {
  readonly #spent: (budget: Budget) => Picos;
  #observed: Observed | undefined;

  constructor(spent: (budget: Budget) => Picos) {
    this.#spent = spent;
  }

  observe(meter: BudgetMeter, prefix: string, budgets: ReadonlyMap<string, Budget>): void {
    if (this.#observed?.meter === meter && this.#observed.prefix === prefix) return;
    this.stop();
    const own = ownBudgetInstruments(prefix);
    const gauge = (
      { name, unit, description }: typeof own.limit,
      read: (budget: Budget) => Picos,
    ): [ObservableGauge, ObservableCallback] => {
      const made = meter.createObservableGauge(name, { unit, description });
      const callback: ObservableCallback = (result) => {
        for (const each of budgets.values()) {
          if (isObserved(each)) result.observe(usdOf(read(each)), attributes(each));
        }
      };
      made.addCallback(callback);
      return [made, callback];
    };
    const left = (each: Budget): Picos => {
      const spent = this.#spent(each);
      return spent < each.max ? each.max - spent : 0n;
    };
    const { name, unit, description } = own.exceeded;
    this.#observed = {
      meter,
      prefix,
      gauges: [
        gauge(own.limit, ({ max }) => max),
        gauge(own.spent, this.#spent),
        gauge(own.remaining, left),
      ],
      exceeded: meter.createCounter(name, { unit, description }),
    };
  }

  /** All of a budget is spent. */
  exceeded(budget: Budget): void {
    this.#observed?.exceeded.add(1, attributes(budget));
  }

  stop(): void {
    for (const [gauge, callback] of this.#observed?.gauges ?? []) gauge.removeCallback(callback);
    this.#observed = undefined;
  }
}

// --- internal ---

interface Observed {
  readonly meter: BudgetMeter;
  readonly prefix: string;
  readonly gauges: readonly (readonly [ObservableGauge, ObservableCallback])[];
  readonly exceeded: Counter;
}

function isObserved({ account }: Budget): boolean {
  return account.per !== "run" && account.sessionId === undefined && account.tenant === undefined;
}

function attributes({ account }: Budget): Record<string, string> {
  return { [GEN_AI.agentName]: account.agentName, [OWN_METRIC.per]: account.per };
}
