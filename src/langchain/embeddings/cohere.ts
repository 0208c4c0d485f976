import { count, fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Cohere. */
export const cohereEmbeddings: EmbeddingsFamily = {
  classNames: ["CohereEmbeddings"],
  providerName: () => "cohere",
  endpoint: ({ client }) => {
    const options = fields(fields(client)["_options"]);
    return first(text(options["baseUrl"]), text(options["environment"]), "https://api.cohere.com");
  },
  encodingFormats: ({ embeddingTypes }) => embeddingTypes,
  // "instrumentations SHOULD report the billed count"
  answer: ({ meta }) => {
    const { tokens, billedUnits } = fields(meta);
    return {
      inputTokens: first(
        count(fields(billedUnits)["inputTokens"]),
        count(fields(tokens)["inputTokens"]),
      ),
    };
  },
};
