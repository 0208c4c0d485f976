import type { CostTracker } from "../budget/cost-tracker.ts";
import { field } from "../langchain/read.ts";
import {
  checkEnforcement,
  checkRecorded,
  type EnforcementOptions,
  estimateOf,
} from "./enforcement.ts";
import { spendingOf } from "./spender.ts";

export interface BudgetMiddlewareOptions extends EnforcementOptions {}

/** A middleware of LangChain's `createAgent`, by shape: it is made without loading LangChain. */
export interface BudgetMiddleware {
  readonly name: "BudgetMiddleware";
  wrapModelCall<Request extends ModelCallRequest, Answer>(
    request: Request,
    handler: (request: Request) => Answer | Promise<Answer>,
  ): Promise<Answer>;
}

/** What it reads of a request to a model. */
export interface ModelCallRequest {
  readonly model: unknown;
  readonly messages: readonly unknown[];
}

/**
 * Holds an agent to its budgets: before each of its model calls what that may cost is reserved, and a call that a budget
 * does not allow is not made. The agent then rejects with a `BudgetExceededError`.
 *
 * ```ts
 * createAgent({ model, tools, name: "support-agent", middleware: [budgetMiddleware(tracker)] });
 * ```
 *
 * Put it last, so that it is asked for each attempt of a middleware that tries again. The tracker has to be the `cost`
 * option of the handler or the instrumentation too, which tell it what was spent.
 *
 * @throws TypeError for an option that does not exist or has a wrong value
 */
export function budgetMiddleware(
  tracker: CostTracker,
  options: BudgetMiddlewareOptions = {},
): BudgetMiddleware {
  checkEnforcement(tracker, options);
  const middleware: BudgetMiddleware & { readonly [MIDDLEWARE]: true } = {
    [MIDDLEWARE]: true,
    name: "BudgetMiddleware",
    async wrapModelCall(request, handler) {
      const { spender, below } = spendingOf();
      const reserved = tracker.reserve({
        ...spender,
        agentName: options.agentName ?? spender.agentName,
        id: below,
        ...estimateOf(tracker, await asked(request), options),
      });
      const { calls } = tracker;
      try {
        const answer = await handler(request);
        checkRecorded(tracker, calls);
        return answer;
      } finally {
        reserved.release();
      }
    },
  };
  return middleware;
}

// --- internal ---

/** LangChain's own mark, the same in all of its copies. */
const MIDDLEWARE: unique symbol = Symbol.for("AgentMiddleware") as never;

async function asked(
  request: ModelCallRequest,
): Promise<{ runnable: unknown; input: unknown; tools: unknown }> {
  const { model, messages } = request;
  return {
    runnable: await instanceOf(model),
    input: [field(request, "systemMessage") ?? field(request, "systemPrompt"), messages],
    tools: field(request, "tools"),
  };
}

/** A model that was named by a string is made when it is first asked. */
async function instanceOf(model: unknown): Promise<unknown> {
  const make = field(model, "_getModelInstance");
  if (typeof make !== "function") return model;
  try {
    return await make.call(model);
  } catch {
    // The call itself will say why.
    return model;
  }
}
