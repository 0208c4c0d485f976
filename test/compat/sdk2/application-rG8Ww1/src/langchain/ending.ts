import type { Failure, Outcome } from "../operation.ts";
import { withoutSecrets } from "../telemetry/secrets.ts";
import { type Fields, fields, number, text } from "./read.ts";

/** How a run that threw has ended. */
export interface Ending {
  readonly outcome: Extract<Outcome, "error" | "cancelled" | "interrupted">;
  readonly failure?: Failure | undefined;
}

/**
 * Tells failures from control flow: LangGraph "throws" to pause for a person or to hand over (`is_bubble_up`), and an
 * abort by the user is a wish, not a fault. A time-out looks like an abort to LangChain; only the signal's reason tells.
 */
export function endingOf(error: unknown, signal: AbortSignal | undefined): Ending {
  const thrown = fields(error);
  if (thrown["is_bubble_up"] === true) return { outcome: "interrupted" };
  if (signal?.aborted === true && (isReasonOf(signal, error) || looksAborted(thrown))) {
    const reason = fields(signal.reason);
    if (reason["name"] !== "TimeoutError") return { outcome: "cancelled" };
    return { outcome: "error", failure: failureOf(signal.reason) };
  }
  if (looksAborted(thrown)) return { outcome: "cancelled" };
  return { outcome: "error", failure: failureOf(error) };
}

/** Whether it is what a signal was aborted with. LangChain makes an error of a reason that is a string. */
export function isReasonOf(signal: AbortSignal | undefined, error: unknown): boolean {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  if (error === reason) return true;
  const { message } = fields(error);
  if (typeof message !== "string") return false;
  // The MCP SDK makes the reason a part of its own error's text, and LangChain's adapters that of theirs.
  return message === reason || message.endsWith(`MCP error -32001: ${String(reason)}`);
}

/** A failure's type and its text, without secrets. */
export function failureOf(error: unknown): Failure {
  if (typeof error !== "object" || error === null) {
    return { type: typeof error, message: firstLine(String(error)) };
  }
  const thrown = fields(error);
  const stack = text(thrown["stack"]) === undefined ? undefined : String(thrown["stack"]);
  return {
    type: typeOf(error, thrown),
    message: firstLine(typeof thrown["message"] === "string" ? thrown["message"] : ""),
    stack: stack === undefined ? undefined : withoutSecrets(stack.slice(0, 8000)),
  };
}

// --- internal ---

const ABORT_NAMES = new Set(["AbortError", "ModelAbortError", "APIUserAbortError"]);
/** What LangChain, LangGraph and OpenAI's package throw as a plain Error. */
const ABORT_MESSAGES = new Set(["Abort", "Aborted", "AbortError", "Cancelled"]);

function looksAborted(error: Fields): boolean {
  const { name, message } = error;
  if (typeof message !== "string") return false;
  // A name alone is not enough: p-retry's AbortError means "do not try again" and carries a failure's message.
  const named = [name, className(error)].some(
    (each) => typeof each === "string" && ABORT_NAMES.has(each),
  );
  return named
    ? message === "" || /abort|cancel/i.test(message)
    : name === "Error" && ABORT_MESSAGES.has(message);
}

/**
 * The most telling low-cardinality name: a name that somebody gave the error, else its class (the SDKs of OpenAI and
 * Anthropic leave `name` at "Error"), else a code or an HTTP status.
 */
function typeOf(error: object, thrown: Fields): string {
  const named = text(thrown["name"]);
  const made = text(thrown["unminifiable_name"]) ?? className(error);
  for (const name of [named, made]) {
    if (name !== undefined && name !== "Error" && name !== "Object" && name.length > 2)
      return name.slice(0, 128);
  }
  const code = text(thrown["lc_error_code"]) ?? text(thrown["code"]);
  if (code !== undefined) return code.slice(0, 128);
  const status = number(thrown["status"]) ?? number(thrown["statusCode"]);
  return status === undefined ? (named ?? "_OTHER") : String(status);
}

function className(error: object): string | undefined {
  const made = fields(error)["constructor"];
  return typeof made === "function" && made.name !== "" ? made.name : undefined;
}

/** LangChain appends a troubleshooting address below the first line. */
function firstLine(message: string): string {
  const line = message.trimStart().split("\n", 1)[0] ?? "";
  return withoutSecrets(line.slice(0, 4000)).slice(0, 1000);
}
