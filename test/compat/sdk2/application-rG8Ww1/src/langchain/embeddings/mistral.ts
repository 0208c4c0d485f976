import { count, fields, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Mistral. */
export const mistralEmbeddings: EmbeddingsFamily = {
  classNames: ["MistralAIEmbeddings"],
  providerName: () => "mistral_ai",
  endpoint: ({ serverURL }) => text(serverURL) ?? "https://api.mistral.ai",
  encodingFormats: ({ encodingFormat }) => encodingFormat,
  answer: ({ model, usage }) => ({
    inputTokens: count(fields(usage)["promptTokens"]),
    model: text(model),
  }),
};
