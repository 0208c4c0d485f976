import type { InstrumentDefinition } from "./metrics.ts";
import { own } from "./own-metrics.ts";

/** Our own instruments for budgets. */
export interface OwnBudgetInstruments {
  readonly limit: InstrumentDefinition;
  readonly spent: InstrumentDefinition;
  readonly remaining: InstrumentDefinition;
  readonly exceeded: InstrumentDefinition;
}

export function ownBudgetInstruments(prefix: string): OwnBudgetInstruments {
  return {
    limit: own(prefix, "budget.limit", "gauge", "{USD}", "What may be spent, by budget."),
    spent: own(prefix, "budget.spent", "gauge", "{USD}", "What was spent of a budget."),
    remaining: own(prefix, "budget.remaining", "gauge", "{USD}", "What is left of a budget."),
    exceeded: own(
      prefix,
      "budget.exceeded",
      "counter",
      "{budget}",
      "Number of times that all of a budget was spent.",
    ),
  };
}
