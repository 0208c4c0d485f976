/** Attribute names of our own, for what the conventions have no name for. */
export const LANGCHAIN = {
  runId: "langchain.run.id",
  runOutcome: "langchain.run.outcome",
  retryAttempt: "langchain.retry.attempt",
  /** `true` on a model call that LangChain's cache answered: no request was sent, no token was used. */
  cached: "langchain.cached",
  /** Input and output tokens of all model calls below. */
  tokensTotal: "langchain.tokens.total",
  /** How an agent or a graph works: `react` for createAgent, else the metadata's `pattern`. */
  pattern: "langchain.pattern",
  node: "langgraph.node",
  step: "langgraph.step",
  /** How many values of one task a checkpointer was given, where it was no whole checkpoint. */
  checkpointWrites: "langgraph.checkpoint.writes",
} as const;

/** Names of span events. */
export const EVENT = {
  interrupt: "langgraph.interrupt",
} as const;

/** Attribute keys of our own metrics, where the conventions have none. */
export const OWN_METRIC = {
  status: "status",
  direction: "direction",
  streaming: "streaming",
  pattern: "pattern",
} as const;
