import { count, type Fields, fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Gemini. Only its newer models count tokens. https://ai.google.dev/api/embeddings */
export const googleEmbeddings: EmbeddingsFamily = {
  classNames: ["GoogleGenerativeAIEmbeddings"],
  providerName: () => "gcp.gemini",
  endpoint: ({ client }) =>
    first(
      text(fields(fields(client)["_requestOptions"])["baseUrl"]),
      "https://generativelanguage.googleapis.com",
    ),
  dimensions: ({ outputDimensionality }) => outputDimensionality,
  clientMethods: ["embedContent", "batchEmbedContents"],
  answer: ({ usageMetadata }) => ({
    inputTokens: count(fields(usageMetadata)["promptTokenCount"]),
  }),
};

/** Vertex AI, by the older packages. */
export const vertexEmbeddings: EmbeddingsFamily = {
  classNames: ["VertexAIEmbeddings", "GoogleVertexAIEmbeddings"],
  providerName: () => "gcp.vertex_ai",
  endpoint: ({ connection }) => text(fields(connection)["endpoint"]),
  client: ({ connection }) => connection,
  clientMethods: ["request"],
  answer: ({ data }) => ({ inputTokens: vertexTokens(data) }),
};

// --- internal ---

/** Counted for each vector. https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
function vertexTokens(data: unknown): number | undefined {
  const { predictions } = fields(data);
  if (!Array.isArray(predictions)) return undefined;
  let sum = 0;
  for (const prediction of predictions as Fields[]) {
    const { statistics } = fields(fields(prediction)["embeddings"]);
    const tokens = count(fields(statistics)["token_count"]);
    if (tokens === undefined) return undefined;
    sum += tokens;
  }
  return sum;
}
