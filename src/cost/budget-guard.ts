import type { Runnable, RunnableConfig } from "@langchain/core/runnables";

import { shown } from "../bad-option.ts";
import type { CostTracker, ReservedCall } from "../budget/cost-tracker.ts";
import { field, text } from "../langchain/read.ts";
import {
  checkEnforcement,
  checkRecorded,
  type EnforcementOptions,
  estimateOf,
} from "./enforcement.ts";
import { runnableClassOf } from "./runnable-class.ts";
import { spendingOf } from "./spender.ts";

export interface BudgetGuardOptions extends EnforcementOptions {}

/**
 * A runnable that is only run when the budgets allow it; else it rejects with a `BudgetExceededError`, and nothing is
 * sent. For a model (also with bound tools, or structured output) what the call may cost is reserved until it has ended,
 * so that calls beside each other cannot overshoot. For any other runnable, such as a graph, nobody can tell, and it is
 * asked whether the budget is spent; guard the models in it as well, or use `budgetMiddleware`.
 *
 * The tracker has to be the `cost` option of the handler or the instrumentation too, which tell it what was spent.
 *
 * @throws TypeError for what is no runnable, and for an option that does not exist or has a wrong value
 */
export function budgetGuard<Input, Output>(
  runnable: Runnable<Input, Output>,
  tracker: CostTracker,
  options: BudgetGuardOptions = {},
): Runnable<Input, Output> {
  checkEnforcement(tracker, options);
  const Base = runnableClassOf(runnable);
  if (Base === undefined) throw new TypeError(`Expected a runnable, got ${shown(runnable)}`);

  class BudgetGuard extends Base {
    lc_namespace: string[] = ["langchain_otel"];
    override name: string = text(runnable.name) ?? "BudgetGuard";

    async invoke(input: Input, config?: Partial<RunnableConfig>): Promise<Output> {
      const { reserved, calls, inside } = begin(input, config);
      try {
        const output = await runnable.invoke(input, inside);
        if (reserved.isModel) checkRecorded(tracker, calls);
        return output;
      } finally {
        reserved.release();
      }
    }

    override async *_streamIterator(
      input: Input,
      config?: Partial<RunnableConfig>,
    ): AsyncGenerator<Output> {
      const { reserved, inside } = begin(input, config);
      try {
        yield* await runnable.stream(input, inside);
      } finally {
        reserved.release();
      }
    }
  }

  return new BudgetGuard();

  function begin(input: Input, config: Partial<RunnableConfig> | undefined): Begun {
    const { spender } = spendingOf(config);
    // The run that is about to start has this id: what is told of it is known to be this call.
    const runId = text(field(config, "runId")) ?? crypto.randomUUID();
    const asked = estimateOf(tracker, { runnable, input }, options);
    const { calls } = tracker;
    const reserved = tracker.reserve({
      ...spender,
      agentName: options.agentName ?? spender.agentName,
      runId: spender.runId ?? runId,
      id: runId,
      ...asked,
    });
    const isModel = asked.estimate !== undefined;
    return {
      reserved: { release: () => reserved.release(), isModel },
      calls,
      inside: { ...config, runId },
    };
  }
}

// --- internal ---

interface Begun {
  readonly reserved: ReservedCall & { readonly isModel: boolean };
  readonly calls: number;
  readonly inside: Partial<RunnableConfig>;
}
