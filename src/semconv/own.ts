/** Attribute names of our own, for what the conventions have no name for. */
export const LANGCHAIN = {
  runId: "langchain.run.id",
  runOutcome: "langchain.run.outcome",
  retryAttempt: "langchain.retry.attempt",
  /** `true` on a model call that LangChain's cache answered: no request was sent, no token was used. */
  cached: "langchain.cached",
} as const;

/** Attribute keys of our own metrics, where the conventions have none. */
export const OWN_METRIC = {
  status: "status",
  direction: "direction",
  streaming: "streaming",
} as const;
