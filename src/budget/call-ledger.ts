import type { Pricing } from "../pricing/pricing.ts";
import type { BudgetMeter } from "./budget-metrics.ts";
import type { EndedCall } from "./usage-record.ts";

/** Who keeps what calls cost: a `CostTracker`, perhaps of another copy of this package. */
export interface CallLedger {
  /** What calls cost, by its own prices. */
  readonly pricing: Pick<Pricing, "costOf">;
  record(call: EndedCall): void;
  /** A call that has used nothing is over: what was reserved for it is free again. */
  settle(runId: string): void;
  /** Measures its budgets, by this meter from now on. */
  observe(meter: BudgetMeter, prefix?: string): void;
}

/** By its methods and not by its class: two copies of the package may be loaded. */
export function isCallLedger(value: unknown): value is CallLedger {
  if (typeof value !== "object" || value === null) return false;
  const { record, settle, observe, pricing } = value as Partial<CallLedger>;
  return (
    typeof record === "function" &&
    typeof settle === "function" &&
    typeof observe === "function" &&
    typeof pricing === "object"
  );
}
