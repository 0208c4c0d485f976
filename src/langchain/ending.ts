import { BudgetExceededError } from "../budget/budget-exceeded-error.ts";
import type { Failure, Intervention, Outcome } from "../operation.ts";
import { failureOf } from "./errors/failure.ts";
import { guardrailError, isFirstToSee } from "./guardrail-error.ts";
import { field } from "./read.ts";

/** How a run that threw has ended. */
export interface Ending {
  readonly outcome: Extract<Outcome, "ok" | "error" | "cancelled" | "interrupted" | "blocked">;
  readonly failure?: Failure | undefined;
  /** Of the run that it happened in. */
  readonly guardrail?: Intervention | undefined;
}

/**
 * Tells failures from control flow. LangGraph "throws" (`is_bubble_up`) to wait for a person, to stop before its end when
 * it is told to drain, and to hand over to the graph above, for which nothing waits. An abort by the user is a wish, not a
 * fault; a guardrail that says no does what it is for, and so does a budget, whose error is one to the application still.
 * A time-out looks like an abort to LangChain; only the signal's reason tells.
 */
export function endingOf(error: unknown, signal: AbortSignal | undefined): Ending {
  if (field(error, "is_bubble_up") === true)
    return { outcome: field(error, "name") === "ParentCommand" ? "ok" : "interrupted" };
  if (signal?.aborted === true && (isReasonOf(signal, error) || looksAborted(error))) {
    if (field(signal.reason, "name") !== "TimeoutError") return { outcome: "cancelled" };
    return { outcome: "error", failure: failureOf(signal.reason) };
  }
  if (looksAborted(error)) return { outcome: "cancelled" };
  if (BudgetExceededError.from(error) !== undefined)
    return { outcome: "blocked", failure: failureOf(error) };
  const block = guardrailError(error);
  if (block !== undefined)
    return { outcome: "blocked", guardrail: isFirstToSee(block) ? block.intervention : undefined };
  return { outcome: "error", failure: failureOf(error) };
}

/** Whether it is what a signal was aborted with. LangChain makes an error of a reason that is a string. */
export function isReasonOf(signal: AbortSignal | undefined, error: unknown): boolean {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  if (error === reason) return true;
  const message = field(error, "message");
  if (typeof message !== "string") return false;
  // The MCP SDK makes the reason a part of its own error's text, and LangChain's adapters that of theirs.
  return message === reason || message.endsWith(`MCP error -32001: ${textOf(reason)}`);
}

// --- internal ---

const ABORT_NAMES = new Set([
  "AbortError",
  "APIUserAbortError",
  "ClientClosedRequestError",
  "GoogleGenerativeAIAbortError",
  "ModelAbortError",
  "RequestAbortedError",
]);
/** What LangChain, LangGraph and OpenAI's package throw as a plain Error. */
const ABORT_MESSAGES = new Set(["Abort", "Aborted", "AbortError", "Cancelled"]);

/** The `code` of a DOMException of that name, which a name that somebody gave does not bring along. */
const ABORT_ERR = 20;

function looksAborted(error: unknown): boolean {
  const [name, message] = [field(error, "name"), field(error, "message")];
  if (name === "AbortError" && field(error, "code") === ABORT_ERR) return true;
  if (typeof message !== "string") return false;
  // A name alone is not enough: p-retry's AbortError means "do not try again" and carries a failure's message.
  const named = [name, field(field(error, "constructor"), "name")].some(
    (each) => typeof each === "string" && ABORT_NAMES.has(each),
  );
  return named
    ? message === "" || /abort|cancel/i.test(message)
    : name === "Error" && ABORT_MESSAGES.has(message);
}

/** As `String()`, for a reason that may have no text. */
function textOf(reason: unknown): string {
  try {
    return String(reason);
  } catch {
    return "";
  }
}
