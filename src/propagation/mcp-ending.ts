import { beginningWithoutSecrets } from "../content/secrets.ts";
import { failureOf } from "../langchain/errors/failure.ts";
import { fields, text } from "../langchain/read.ts";
import type { ErrorCategory, Failure, McpRequest, RunEnd } from "../operation.ts";

/** The error of a JSON-RPC response, as it stood on the wire. */
export interface WireError {
  readonly code: number;
  readonly message: string;
}

export function wireErrorOf(response: unknown): WireError | undefined {
  const { code, message } = fields(fields(response)["error"]);
  if (typeof code !== "number") return undefined;
  return { code, message: typeof message === "string" ? message : "" };
}

/** A result is a success, unless the tool says of itself that it failed. What it says is content and stays out. */
export function resultEnd(request: McpRequest, result: unknown): RunEnd {
  const failed = request.method === "tools/call" && fields(result)["isError"] === true;
  if (!failed) return { outcome: "ok" };
  return {
    outcome: "error",
    failure: { type: "tool_error", category: blame(request.side), message: "", thrown: false },
  };
}

/**
 * An error that was answered. For the one who answers, a request that was wrong is no failure of its own; for the one
 * who asked, every code is one, apart from the request that a person go somewhere and decide.
 */
export function answeredEnd(side: McpRequest["side"], { code, message }: WireError): RunEnd {
  const statusCode = String(code);
  if (code === URL_ELICITATION_REQUIRED) return { outcome: "interrupted", statusCode };
  if (side === "server" && FAULTS_OF_THE_CLIENT.has(code)) return { outcome: "ok", statusCode };
  return {
    outcome: "error",
    statusCode,
    failure: {
      type: statusCode,
      category: blame(side),
      message: oneLine(message),
      thrown: side === "client",
    },
  };
}

/**
 * A request that failed without an answer.
 *
 * @param closed whether the connection was closed by this side: what was under way then is given up, not failed
 */
export function unansweredEnd(
  error: unknown,
  signal: AbortSignal | undefined,
  closed: boolean,
): RunEnd {
  const { code } = fields(error);
  const failure = failureOf(error);
  if (signal?.aborted === true) {
    if (text(fields(signal.reason)["name"]) !== TIMEOUT) return { outcome: "cancelled" };
    return { outcome: "error", failure: timedOut(failure) };
  }
  if (code === CODES.timeout || code === "REQUEST_TIMEOUT")
    return { outcome: "error", failure: timedOut(failure) };
  const isLost = code === CODES.closed || code === "CONNECTION_CLOSED";
  if (isLost && closed) return { outcome: "cancelled" };
  return { outcome: "error", failure: isLost ? { ...failure, type: "ConnectionClosed" } : failure };
}

// --- internal ---

/** "-32700, -32600, -32601, -32602 and -32002 are not errors" of the server: parse, request, method, params, resource. */
const FAULTS_OF_THE_CLIENT = new Set([-32700, -32600, -32601, -32602, -32002]);

const URL_ELICITATION_REQUIRED = -32042;

/** The SDK's version 1 gives what it does itself numbers like those of answers. */
const CODES = { closed: -32000, timeout: -32001 } as const;

const TIMEOUT = "TimeoutError";

function timedOut(failure: Failure): Failure {
  return { ...failure, type: TIMEOUT, category: "timeout", retryable: true };
}

/** The one who asked was failed by the other. */
function blame(side: McpRequest["side"]): ErrorCategory {
  return side === "client" ? "provider_error" : "internal_error";
}

function oneLine(message: string): string {
  const line = message.slice(0, 8000).trimStart().split("\n", 1)[0] ?? "";
  return beginningWithoutSecrets(line, 1000);
}
