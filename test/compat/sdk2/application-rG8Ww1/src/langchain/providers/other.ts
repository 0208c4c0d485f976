import type { ModelCall } from "../model-call.ts";
import { first, text } from "../read.ts";
import { textKwarg } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/**
 * Any model that has no file of its own. Its provider is called as the conventions call it, where they know it, else as
 * LangChain does, in lower case: a custom value is allowed.
 */
export const other: Provider = {
  lsProviders: [],
  classNames: [],
  providerName,
  endpoint: (call) => textKwarg(call, "baseURL", "baseUrl", "endpoint"),
};

// --- internal ---

const KNOWN: Readonly<Record<string, string>> = {
  ibm: "ibm.watsonx.ai",
  watsonx: "ibm.watsonx.ai",
  moonshot: "moonshot_ai",
  perplexity: "perplexity",
};

function providerName(call: ModelCall): string {
  const said = first(text(call.metadata["ls_provider"]), call.className?.replace(/^Chat(?=.)/, ""));
  const name = said
    ?.toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join("_");
  return name === undefined ? "unknown" : (KNOWN[name] ?? name).slice(0, 128);
}
