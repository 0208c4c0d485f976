import { count, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Ollama. Its `embeddingWithRetry` returns vectors only, so its client is asked. */
export const ollamaEmbeddings: EmbeddingsFamily = {
  classNames: ["OllamaEmbeddings"],
  providerName: () => "ollama",
  endpoint: ({ baseUrl }) => text(baseUrl),
  clientMethods: ["embed"],
  answer: ({ model, prompt_eval_count: tokens }) => ({
    inputTokens: count(tokens),
    model: text(model),
  }),
};
