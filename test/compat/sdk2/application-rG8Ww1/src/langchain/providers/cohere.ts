import { count, fields } from "../read.ts";
import { textKwarg } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Cohere. Its input count is that of all tokens; what came from the cache stands beside it. */
export const cohere: Provider = {
  lsProviders: ["cohere"],
  classNames: ["ChatCohere", "Cohere"],
  providerName: () => "cohere",
  endpoint: (call) => textKwarg(call, "baseUrl", "environment") ?? "https://api.cohere.com",
  response: (response, { metadata }) => ({
    ...response,
    usage: response.usage && {
      ...response.usage,
      cacheReadTokens:
        response.usage.cacheReadTokens ?? count(fields(metadata["meta"])["cachedTokens"]),
    },
  }),
};
