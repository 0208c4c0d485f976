import type { Usage } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { count, fields, first, text } from "../read.ts";
import type { StreamNotes } from "../stream-notes.ts";
import { anthropicIntervention } from "./anthropic-refusal.ts";
import { textKwarg, variable } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Anthropic's own API. */
export const anthropic: Provider = {
  lsProviders: ["anthropic"],
  classNames: ["ChatAnthropic", "ChatAnthropicMessages"],
  providerName: () => "anthropic",
  instructionsApart: true,
  endpoint: (call) =>
    first(
      textKwarg(call, "anthropicApiUrl", "baseURL"),
      variable("ANTHROPIC_API_URL"),
      variable("ANTHROPIC_BASE_URL"),
      "https://api.anthropic.com",
    ),
  response: (response, result, notes) => ({
    ...response,
    // Streamed, the model stands only here.
    model: first(response.model, text(result.additional["model"])),
    usage: response.usage && correctUsage(response.usage, result, notes),
  }),
  intervention: anthropicIntervention,
};

// --- internal ---

function correctUsage(usage: Usage, { metadata }: ModelResult, notes: StreamNotes): Usage {
  const raw = fields(metadata["usage"]);
  return {
    ...usage,
    outputTokens: outputTokens(usage, notes),
    cacheWrite1hTokens: count(fields(raw["cache_creation"])["ephemeral_1h_input_tokens"]),
    reasoningTokens: first(
      usage.reasoningTokens,
      count(fields(raw["output_tokens_details"])["thinking_tokens"]),
    ),
  };
}

/**
 * Streamed, LangChain adds the output count of `message_start` to that of `message_delta`, which has it in already:
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming ("The token counts shown in the usage field of the
 * message_delta event are cumulative"). Of message chunks the last has the right one, of events none.
 */
function outputTokens(
  usage: Usage,
  { events, firstOutputTokens, lastOutputTokens }: StreamNotes,
): number | undefined {
  if (!events) return lastOutputTokens ?? usage.outputTokens;
  if (usage.outputTokens === undefined) return undefined;
  return Math.max(0, usage.outputTokens - (firstOutputTokens ?? 0));
}
