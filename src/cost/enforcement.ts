import { diag } from "@opentelemetry/api";

import { badOption, shown } from "../bad-option.ts";
import type { CostTracker } from "../budget/cost-tracker.ts";
import { count } from "../langchain/read.ts";
import { askedModel } from "./asked-model.ts";
import { callEstimate, type CallEstimate } from "./call-estimate.ts";
import { tokensAtMost, toolTokensAtMost } from "./tokens-at-most.ts";

export interface EnforcementOptions {
  /** Whose budget pays, whatever LangChain calls the agent. @default the agent that the call is made by */
  readonly agentName?: string | undefined;
  /**
   * Counts the tokens of the input (messages, or what a runnable is given), so that less is reserved than the most that
   * its bytes can come to.
   */
  readonly countTokens?: ((input: unknown) => number) | undefined;
  /** The most that the model writes, where the request itself has no limit for it. */
  readonly maxOutputTokens?: number | undefined;
}

/** What would be sent. */
export interface Asked {
  readonly runnable: unknown;
  readonly input: unknown;
  readonly tools?: unknown;
}

/** @throws TypeError for an option that does not exist or has a wrong value, or a tracker that is none */
export function checkEnforcement(tracker: CostTracker, options: EnforcementOptions): void {
  if (typeof (tracker as Partial<CostTracker> | null | undefined)?.reserve !== "function") {
    throw new TypeError(`Expected a CostTracker, got ${shown(tracker)}`);
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected the options to be an object, got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) {
      throw new TypeError(`There is no option \`${key}\`. The options are ${OPTIONS.join(", ")}`);
    }
  }
  const { agentName, countTokens, maxOutputTokens } = options;
  if (agentName !== undefined && (typeof agentName !== "string" || agentName === "")) {
    throw badOption("agentName", "a non-empty string", agentName);
  }
  if (countTokens !== undefined && typeof countTokens !== "function") {
    throw badOption("countTokens", "a function", countTokens);
  }
  if (maxOutputTokens !== undefined && !count(maxOutputTokens)) {
    throw badOption("maxOutputTokens", "a whole number above 0", maxOutputTokens);
  }
}

/** What a call may cost; nothing is known of a runnable that is no model, or of a model that cannot be read. */
export function estimateOf(
  tracker: CostTracker,
  { runnable, input, tools }: Asked,
  { countTokens, maxOutputTokens }: EnforcementOptions,
): CallEstimate {
  try {
    const asked = askedModel(runnable);
    if (asked === undefined) return UNKNOWN;
    const counted = countTokens === undefined ? undefined : count(countTokens(input));
    const inputTokens = counted ?? tokensAtMost(input) + toolTokensAtMost(tools);
    return callEstimate(tracker.pricing, asked, inputTokens, maxOutputTokens);
  } catch (fault) {
    warnOnce("the cost of a call could not be estimated, and nothing is reserved for it", fault);
    return UNKNOWN;
  }
}

/** The call went well. A budget that nobody charges would be one in name only, so that is told. */
export function checkRecorded(tracker: CostTracker, callsBefore: number): void {
  if (tracker.calls > callsBefore) return;
  warnOnce(
    "a model call was not recorded: give the CostTracker to the handler or the instrumentation as its `cost` option, or no budget is ever spent",
  );
}

// --- internal ---

const OPTIONS: readonly string[] = ["agentName", "countTokens", "maxOutputTokens"];
const UNKNOWN: CallEstimate = { estimate: undefined, isBound: false };

const warned = new Set<string>();

function warnOnce(message: string, ...fault: readonly unknown[]): void {
  if (warned.has(message)) return;
  warned.add(message);
  diag.warn(`langchain-otel: ${message}`, ...fault);
}
