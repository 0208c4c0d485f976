/** Attribute names of our own, for what the conventions have no name for. */
export const LANGCHAIN = {
  runId: "langchain.run.id",
  runOutcome: "langchain.run.outcome",
  /** One of six, on runs that failed. */
  errorCategory: "langchain.error.category",
  /** Whether the same call may succeed when it is made again, where somebody says so. */
  errorRetryable: "langchain.error.retryable",
  retryAttempt: "langchain.retry.attempt",
  /** `true` on a model call that LangChain's cache answered: no request was sent, no token was used. */
  cached: "langchain.cached",
  /** What the call itself cost, in USD. */
  costUsd: "langchain.cost.usd",
  /** What all calls below cost, in USD. */
  costTotalUsd: "langchain.cost.total_usd",
  /** An estimate of the energy that the call took, in watt-hours. */
  energyEstimate: "langchain.energy.estimated_wh",
  /** An estimate of the carbon that the call made, in grams of CO2 equivalent. */
  carbonEstimate: "langchain.carbon.estimated_g",
  /** `true`: the price of this call, or of one below, is not known. */
  pricingMissing: "langchain.pricing_missing",
  /** Input and output tokens of all model calls below. */
  tokensTotal: "langchain.tokens.total",
  /** Of a guardrail that is not Bedrock's, which the conventions have an attribute for. */
  guardrailId: "langchain.guardrail.id",
  guardrailVersion: "langchain.guardrail.version",
  /** `blocked`, `anonymized` or `detected`: the most of what it did. */
  guardrailAction: "langchain.guardrail.action",
  /** What it found, in its own words. */
  guardrailCategories: "langchain.guardrail.categories",
  /** How an agent or a graph works: `react` for createAgent, else the metadata's `pattern`. */
  pattern: "langchain.pattern",
  /** `allowed` or `blocked`. */
  gateVerdict: "langchain.gate.verdict",
  gateReason: "langchain.gate.reason",
  /** From 0, which is sure, to 1. */
  gateUncertainty: "langchain.gate.uncertainty",
  node: "langgraph.node",
  step: "langgraph.step",
  /** How many values of one task a checkpointer was given, where it was no whole checkpoint. */
  checkpointWrites: "langgraph.checkpoint.writes",
} as const;

/** What model spans are called by default, where the conventions have their model in the name. */
export const MODEL_SPAN = {
  chat: "gen_ai.chat",
  text_completion: "gen_ai.text_completion",
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
  kind: "kind",
  category: "category",
  guardrailId: "guardrail_id",
  guardrailVersion: "guardrail_version",
  /** What a guardrail did. */
  action: "action",
  /** What a retriever searches. */
  source: "source",
  /** What has found something to redact. */
  detector: "detector",
  gate: "gate",
  verdict: "verdict",
  /** What an evaluation has looked at. */
  evaluationType: "evaluation_type",
  /** The model that has judged. */
  evaluatorModel: "evaluator_model",
  /** What had too many values. */
  dimension: "dimension",
  /** What a budget is for: `ever`, `hour`, `day` or `month`. */
  per: "per",
} as const;
