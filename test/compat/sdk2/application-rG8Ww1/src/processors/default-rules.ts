import type { BenignErrorRule } from "./rule.ts";

/** Names of the default rules, for the option `defaults`. */
export type DefaultRuleName =
  | "langgraph-control-flow"
  | "user-abort"
  | "model-abort"
  | "unnamed-abort"
  | "bullmq-move"
  | "nats-draining"
  | "mcp-connection-closed"
  | "mcp-abort"
  | "queue-shutdown";

type DefaultRules = { readonly [name in DefaultRuleName]: Omit<BenignErrorRule, "name"> };

/**
 * Spans of the application and of instrumentations of language models, but not those of OpenTelemetry's
 * instrumentations of other libraries: LangChain and LangGraph throw these errors to themselves, so that one that has
 * got as far as a database's or a web framework's span is a failure.
 */
const NEAR_THE_MODEL = /^(?!@opentelemetry\/instrumentation-(?!langchain|openai|anthropic))/;

/** What an abort says of itself, in all the platforms' words for it, unless it is a time-out reported as one. */
const ABORT_MESSAGE = /^(?!.*timed?[ -]?out).*\b(?:abort|cancel)/is;

/**
 * Control flow that travels as an exception. No rule matches a time-out: the SDKs' "Request was aborted." can be one
 * when the signal came from `AbortSignal.timeout()`, which nothing on the span tells; LangChain spans of this package
 * are decided by the signal itself and carry TimeoutError then.
 */
export const DEFAULT_RULES: DefaultRules = {
  /** LangGraph throws to pause for a person, to hand over to the parent graph and to stop after a step. */
  "langgraph-control-flow": {
    scope: NEAR_THE_MODEL,
    exceptionType: [
      "GraphBubbleUp",
      "GraphInterrupt",
      "NodeInterrupt",
      "ParentCommand",
      "GraphDrained",
    ],
  },
  /**
   * An AbortSignal that was aborted, as a name or as the code that is recorded instead of it. The message is needed:
   * p-retry's AbortError means "do not retry" and is a failure. Nothing but its message, which is the failure's own,
   * tells it apart; where that speaks of an abort too, it is hidden. And 20 is an error code of many a database.
   */
  "user-abort": {
    exceptionType: ["AbortError", "RequestAbortedError", "20", "ABORT_ERR", "UND_ERR_ABORTED"],
    exceptionMessage: ABORT_MESSAGE,
  },
  /** Classes of the model SDKs and of LangChain, where the class was recorded. */
  "model-abort": { exceptionType: ["APIUserAbortError", "ModelAbortError"] },
  /** LangGraph's and core's plain errors, and APIUserAbortError as `recordException` sees it (its name is "Error"). */
  "unnamed-abort": {
    scope: NEAR_THE_MODEL,
    exceptionType: "Error",
    exceptionMessage: /^(?:Abort|Aborted|Request was aborted\.)$/,
  },
  /** A job's processor throws these after it moved the job; other libraries have a RateLimitError that is a failure. */
  "bullmq-move": {
    exceptionType: ["DelayedError", "WaitingError", "WaitingChildrenError", "RateLimitError"],
    exceptionMessage:
      /^bullmq:(?:movedToDelayed|movedToWait|movedToWaitingChildren|rateLimitExceeded)$/,
  },
  /** Somebody called `drain()`; the code is that of nats 2. A closed connection is not here: it may have been lost. */
  "nats-draining": { exceptionType: ["DrainingConnectionError", "CONNECTION_DRAINING"] },
  /**
   * `close()` while a request was under way, as the error, its code, or LangChain's wrapping of it. A server that
   * crashed looks the same: switch this rule off where that has to be seen on the request's own span.
   */
  "mcp-connection-closed": {
    exceptionType: ["McpError", "-32000", "ToolException"],
    exceptionMessage: /(?:^|: )MCP error -32000: Connection closed$/,
  },
  /** An aborted request has the code of a timed-out one; only the message tells. */
  "mcp-abort": {
    exceptionType: ["McpError", "-32001", "ToolException"],
    exceptionMessage: /(?:^|: )MCP error -32001: AbortError: /,
  },
  /** The agent-to-agent server's event queue was closed under its reader: the task is done. */
  "queue-shutdown": { spanName: "a2a.server.events.", exceptionType: "QueueShutDown" },
};
