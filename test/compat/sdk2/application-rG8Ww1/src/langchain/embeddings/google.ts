import { type Fields, fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Gemini. Its answer has the vectors and nothing else. https://ai.google.dev/api/embeddings */
export const googleEmbeddings: EmbeddingsFamily = {
  classNames: ["GoogleGenerativeAIEmbeddings"],
  providerName: () => "gcp.gemini",
  endpoint: ({ client }) =>
    first(
      text(fields(fields(client)["_requestOptions"])["baseUrl"]),
      "https://generativelanguage.googleapis.com",
    ),
  dimensions: ({ outputDimensionality }) => outputDimensionality,
};

/** Vertex AI, by the older packages. */
export const vertexEmbeddings: EmbeddingsFamily = {
  classNames: ["VertexAIEmbeddings", "GoogleVertexAIEmbeddings"],
  providerName: () => "gcp.vertex_ai",
  endpoint: ({ connection }: Fields) => text(fields(connection)["endpoint"]),
};
