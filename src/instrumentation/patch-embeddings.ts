import {
  embeddingsCall,
  embeddingsInside,
  isEmbeddings,
  noteOfClass,
} from "../langchain/embeddings/embeddings-call.ts";
import { fields } from "../langchain/read.ts";
import { attachments } from "./attachments.ts";
import { patchBedrock } from "./patch-bedrock.ts";
import { coverMethod, type Replacement, replaceOverrides } from "./replace-method.ts";

/**
 * Gives the calls of an embeddings object, or of a class by its prototype, their spans. LangChain's base class has no
 * method that could be replaced: it is done wherever the methods stand.
 */
export function patchEmbeddings(embeddings: object): void {
  replaceOverrides(embeddings, Object.prototype, METHODS);
}

/** Does so for the embeddings that an object has to work with. */
export function patchEmbeddingsOf(holder: unknown): void {
  attachments().anyone?.guard.run("attaching to an object's embeddings", () => {
    for (const held of Object.values(fields(holder))) if (isEmbeddings(held)) patchEmbeddings(held);
  });
}

/** Whether its objects embed. */
export function isEmbeddingsClass(value: unknown): value is { readonly prototype: object } {
  return typeof value === "function" && isEmbeddings(value.prototype);
}

// --- internal ---

const traced: Replacement = (original) =>
  function (this: unknown, ...args: unknown[]) {
    const tracer = attachments().current;
    if (tracer === undefined || typeof this !== "object" || this === null)
      return original.apply(this, args);
    const inside = tracer.guard.run("looking for embeddings inside others", () =>
      embeddingsInside(this),
    );
    // What only hands on to others asks no provider; they do.
    if (inside !== undefined) {
      tracer.guard.run("attaching to embeddings", () => patchEmbeddings(inside));
      return original.apply(this, args);
    }
    tracer.guard.run("attaching to Bedrock's client", () => patchBedrock(this));
    return embeddingsCall(tracer, this, () => original.apply(this, args), coverMethod);
  };

const METHODS: Readonly<Record<string, Replacement>> = {
  embedDocuments: traced,
  embedQuery: traced,
  embeddingWithRetry: noteOfClass,
};
