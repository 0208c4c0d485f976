/** Names of the `vystak` dialect: those that the GenAI conventions had before they were renamed, and two of its own. */
export const VYSTAK = {
  /** What is `gen_ai.provider.name` today. */
  system: "gen_ai.system",
  usageCacheReadTokens: "gen_ai.usage.cache_read_input_tokens",
  usageCacheWriteTokens: "gen_ai.usage.cache_creation_input_tokens",
} as const;
