import type { InstrumentDefinition } from "./metrics.ts";

/** Attribute names of the `llm.*` contract, beside `gen_ai.system` and `gen_ai.request.model`. */
export const LLM = {
  provider: "llm.provider",
  model: "llm.model",
  requestType: "llm.request.type",
  tokensPrompt: "llm.tokens.prompt",
  tokensCompletion: "llm.tokens.completion",
  tokensTotal: "llm.tokens.total",
} as const;

export interface LlmCounters {
  readonly prompt: InstrumentDefinition;
  readonly completion: InstrumentDefinition;
  readonly total: InstrumentDefinition;
}

/**
 * Its counters. The names are made for Prometheus, which calls them `llm_prompt_tokens_total` and so on; a unit without
 * braces would become part of that name.
 */
export const LLM_COUNTERS: LlmCounters = {
  prompt: counter("llm.prompt.tokens", "Number of prompt tokens used."),
  completion: counter("llm.completion.tokens", "Number of completion tokens used."),
  total: counter("llm.total.tokens", "Number of tokens used, prompt and completion."),
};

// --- internal ---

function counter(name: string, description: string): InstrumentDefinition {
  return { name, kind: "counter", unit: "{token}", description };
}
