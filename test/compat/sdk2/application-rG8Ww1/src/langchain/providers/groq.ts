import type { Usage } from "../../operation.ts";
import { count, type Fields, fields, first } from "../read.ts";
import { textKwarg, variable } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Groq. Streamed, LangChain leaves out `usage_metadata`; the cache's and the reasoning's parts it always leaves out. */
export const groq: Provider = {
  lsProviders: ["groq"],
  classNames: ["ChatGroq"],
  providerName: () => "groq",
  endpoint: (call) =>
    first(textKwarg(call, "baseUrl", "baseURL"), variable("GROQ_BASE_URL"), "https://api.groq.com"),
  response: (response, { metadata }) => ({
    ...response,
    usage: withRaw(response.usage, fields(metadata["usage"])),
  }),
};

// --- internal ---

function withRaw(usage: Usage | undefined, raw: Fields): Usage | undefined {
  const complete: Usage = {
    ...usage,
    inputTokens: first(usage?.inputTokens, count(raw["prompt_tokens"])),
    outputTokens: first(usage?.outputTokens, count(raw["completion_tokens"])),
    cacheReadTokens: first(
      usage?.cacheReadTokens,
      count(fields(raw["prompt_tokens_details"])["cached_tokens"]),
    ),
    reasoningTokens: first(
      usage?.reasoningTokens,
      count(fields(raw["completion_tokens_details"])["reasoning_tokens"]),
    ),
  };
  return Object.values(complete).some((part) => part !== undefined) ? complete : undefined;
}
