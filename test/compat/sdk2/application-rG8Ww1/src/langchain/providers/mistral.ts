import type { Usage } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { count, fields, first } from "../read.ts";
import { textKwarg, variable } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Mistral. */
export const mistral: Provider = {
  lsProviders: ["mistral", "mistralai"],
  classNames: ["ChatMistralAI", "MistralAI"],
  providerName: () => "mistral_ai",
  endpoint: (call) =>
    first(
      textKwarg(call, "serverURL", "endpoint"),
      variable("MISTRAL_BASE_URL"),
      "https://api.mistral.ai",
    ),
  response: (response, result) => ({
    ...response,
    usage: response.usage && correctUsage(response.usage, result),
  }),
};

// --- internal ---

/** A stream of events (v3) counts 0 tokens; the right numbers stand in the metadata. */
function correctUsage(usage: Usage, { metadata }: ModelResult): Usage {
  const raw = fields(metadata["usage"]);
  return {
    ...usage,
    inputTokens: usage.inputTokens || first(count(raw["promptTokens"]), usage.inputTokens),
    outputTokens: usage.outputTokens || first(count(raw["completionTokens"]), usage.outputTokens),
  };
}
