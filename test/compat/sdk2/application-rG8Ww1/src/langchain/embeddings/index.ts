import type { EmbeddingsRequest } from "../../operation.ts";
import { count, type Fields, fields, first, text, texts } from "../read.ts";
import { serverOf } from "../server.ts";
import { azureOpenAIEmbeddings } from "./azure-openai.ts";
import { bedrockEmbeddings } from "./bedrock.ts";
import { cohereEmbeddings } from "./cohere.ts";
import type { EmbeddingsFamily } from "./family.ts";
import { googleEmbeddings, vertexEmbeddings } from "./google.ts";
import { mistralEmbeddings } from "./mistral.ts";
import { ollamaEmbeddings } from "./ollama.ts";
import { openaiEmbeddings } from "./openai.ts";
import { otherEmbeddings } from "./other.ts";

const BY_CLASS: ReadonlyMap<string, EmbeddingsFamily> = new Map(
  [
    azureOpenAIEmbeddings,
    bedrockEmbeddings,
    cohereEmbeddings,
    googleEmbeddings,
    mistralEmbeddings,
    ollamaEmbeddings,
    openaiEmbeddings,
    vertexEmbeddings,
  ].flatMap((family) => family.classNames.map((name) => [name, family] as const)),
);

/** Whose class it is, by its name or the first known one that it is made from. */
export function familyOf(embeddings: object): EmbeddingsFamily {
  let prototype = Object.getPrototypeOf(embeddings) as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    const made = fields(prototype)["constructor"];
    const family = typeof made === "function" ? BY_CLASS.get(made.name) : undefined;
    if (family !== undefined) return family;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return otherEmbeddings;
}

/** What the object is going to ask for. */
export function embeddingsRequest(family: EmbeddingsFamily, embeddings: Fields): EmbeddingsRequest {
  const { model, modelName, dimensions } = embeddings;
  const asked = family.dimensions === undefined ? dimensions : family.dimensions(embeddings);
  return {
    kind: "embeddings",
    provider: family.providerName(embeddings),
    model:
      family.model === undefined ? first(text(model), text(modelName)) : family.model(embeddings),
    server: serverOf(family.endpoint?.(embeddings)),
    dimensions: count(asked) === 0 ? undefined : count(asked),
    encodingFormats: texts(family.encodingFormats?.(embeddings)),
  };
}
