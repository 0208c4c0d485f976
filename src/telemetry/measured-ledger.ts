import type { BudgetMeter } from "../budget/budget-metrics.ts";
import type { CallLedger } from "../budget/call-ledger.ts";

/** The ledger, whose budgets are measured by the meter of now: the SDK may start after it, or be another later. */
export function measuredLedger(
  ledger: CallLedger,
  meter: () => BudgetMeter,
  prefix: string,
): CallLedger {
  let current: BudgetMeter | undefined;
  const measure = (): void => {
    const next = meter();
    if (current === next) return;
    current = next;
    ledger.observe(next, prefix);
  };
  return {
    pricing: ledger.pricing,
    record: (call) => {
      measure();
      ledger.record(call);
    },
    settle: (runId) => ledger.settle(runId),
    observe: (given, name) => ledger.observe(given, name),
  };
}
