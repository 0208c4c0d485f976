import type { Usage } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { count, first } from "../read.ts";
import { textKwarg } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** xAI, whose chat completions are OpenAI's but for one count. */
export const xai: Provider = {
  lsProviders: ["xai"],
  classNames: ["ChatXAI", "ChatXAIResponses"],
  providerName: () => "x_ai",
  endpoint: (call) => first(textKwarg(call, "baseURL"), "https://api.x.ai"),
  response: (response, result) => ({
    ...response,
    usage: response.usage && withReasoning(response.usage, result),
  }),
};

// --- internal ---

/** xAI counts reasoning beside the completion, not in it; its total says which. */
function withReasoning(usage: Usage, { usageMetadata }: ModelResult): Usage {
  const { inputTokens = 0, outputTokens, reasoningTokens } = usage;
  if (outputTokens === undefined || reasoningTokens === undefined) return usage;
  const beside =
    count(usageMetadata["total_tokens"]) === inputTokens + outputTokens + reasoningTokens;
  return beside ? { ...usage, outputTokens: outputTokens + reasoningTokens } : usage;
}
