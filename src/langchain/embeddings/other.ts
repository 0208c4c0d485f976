import { count, fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Any class that has no file of its own. Its provider is called as the class is: a custom value is allowed. */
export const otherEmbeddings: EmbeddingsFamily = {
  classNames: [],
  providerName: ({ constructor: made }) => {
    const name = typeof made === "function" ? made.name : "";
    const provider = name
      .replace(/Embeddings$/, "")
      .replaceAll(/([a-z0-9])(?=[A-Z])/g, "$1_")
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join("_");
    if (provider === undefined || provider === "object") return "unknown";
    return (KNOWN[provider] ?? provider).slice(0, 128);
  },
  endpoint: ({ apiUrl, baseURL, baseUrl, endpoint }) =>
    first(text(baseURL), text(baseUrl), text(apiUrl), text(endpoint)),
  // Many answer as OpenAI does. Embeddings have no output: a total is that of the input.
  answer: ({ model, usage }) => ({
    inputTokens: first(count(fields(usage)["prompt_tokens"]), count(fields(usage)["total_tokens"])),
    model: text(model),
  }),
};

// --- internal ---

const KNOWN: Readonly<Record<string, string>> = { watsonx: "ibm.watsonx.ai" };
