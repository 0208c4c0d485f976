import { variable } from "../providers/endpoint.ts";
import { count, fields, type Fields, first, text } from "../read.ts";
import type { EmbeddingsAnswer, EmbeddingsFamily } from "./family.ts";

/** OpenAI. */
export const openaiEmbeddings: EmbeddingsFamily = {
  classNames: ["OpenAIEmbeddings"],
  providerName: () => "openai",
  endpoint: ({ clientConfig }) =>
    first(
      text(fields(clientConfig)["baseURL"]),
      variable("OPENAI_BASE_URL"),
      "https://api.openai.com",
    ),
  encodingFormats: ({ encodingFormat }) => encodingFormat,
  answer: openaiAnswer,
};

export function openaiAnswer({ model, usage }: Fields): EmbeddingsAnswer {
  return { inputTokens: count(fields(usage)["prompt_tokens"]), model: text(model) };
}
