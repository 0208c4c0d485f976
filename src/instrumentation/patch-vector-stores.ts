import { isEmbeddings } from "../langchain/embeddings/embeddings-call.ts";
import { fields } from "../langchain/read.ts";
import { attachments } from "./attachments.ts";
import { patchEmbeddings } from "./patch-embeddings.ts";
import {
  coverGetter,
  replaceMethod,
  replaceOverrides,
  type Replacement,
} from "./replace-method.ts";

/**
 * Gives the embeddings of vector stores their spans, of whatever class they are: before a store uses them, their class
 * is attached to.
 */
export function patchVectorStores(vectorStore: { readonly prototype: object }): void {
  const { prototype } = vectorStore;
  for (const [key, replacement] of Object.entries(USES)) replaceMethod(prototype, key, replacement);
  // The one thing that the constructor asks of every store, of whatever class: there its class becomes known, whose
  // own `addDocuments` never passes through the base class.
  coverGetter(prototype, "lc_serializable_keys", (store) => {
    attachments().anyone?.guard.run("attaching to a vector store", () =>
      replaceOverrides(store, prototype, USES),
    );
  });
}

// --- internal ---

const attachFirst: Replacement = (original) =>
  function (this: unknown, ...args: unknown[]) {
    attachments().anyone?.guard.run("attaching to a vector store's embeddings", () => {
      const { embeddings } = fields(this);
      if (isEmbeddings(embeddings)) patchEmbeddings(embeddings);
    });
    return original.apply(this, args);
  };

const USES: Readonly<Record<string, Replacement>> = {
  addDocuments: attachFirst,
  similaritySearch: attachFirst,
  similaritySearchWithScore: attachFirst,
  maxMarginalRelevanceSearch: attachFirst,
  asRetriever: attachFirst,
};
