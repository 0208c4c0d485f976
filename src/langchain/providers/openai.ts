import type { ModelRequest, ModelResponse } from "../../operation.ts";
import type { ModelCall } from "../model-call.ts";
import { type ModelResult, said } from "../model-result.ts";
import { count, type Fields, fields, first, text } from "../read.ts";
import { kwarg, variable } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** OpenAI, by chat completions and by the Responses API; text completions too. */
export const openai: Provider = {
  lsProviders: ["openai"],
  classNames: [
    "ChatOpenAI",
    "ChatOpenAICompletions",
    "ChatOpenAIResponses",
    "OpenAI",
    "OpenAIChat",
  ],
  providerName: () => "openai",
  endpoint: (call) =>
    first(
      text(fields(kwarg(call, "configuration"))["baseURL"]),
      variable("OPENAI_API_BASE"),
      variable("OPENAI_BASE_URL"),
      "https://api.openai.com",
    ),
  request: openaiRequest,
  response: openaiResponse,
};

/** The parameters that only OpenAI's API has. */
export function openaiRequest(call: ModelCall): Partial<ModelRequest> {
  const textModel = call.className === "OpenAI" || call.className === "AzureOpenAI";
  return {
    apiType: textModel ? undefined : apiType(call),
    serviceTier: text(call.params["service_tier"]),
  };
}

export function openaiResponse(response: ModelResponse, result: ModelResult): ModelResponse {
  return {
    ...response,
    finishReasons: response.finishReasons ?? responsesFinish(result.metadata),
    usage: response.usage && {
      ...response.usage,
      cacheWriteTokens: response.usage.cacheWriteTokens ?? cacheWrites(result),
    },
    serviceTier: said(result, "service_tier"),
    systemFingerprint: said(result, "system_fingerprint"),
  };
}

// --- internal ---

/** The Responses API is asked for by an option, or by parameters that only it has. */
function apiType(call: ModelCall): "chat_completions" | "responses" {
  const responses =
    kwarg(call, "useResponsesApi") === true ||
    call.className === "ChatOpenAIResponses" ||
    call.params["text"] !== undefined ||
    call.params["previous_response_id"] !== undefined;
  return responses ? "responses" : "chat_completions";
}

/** The Responses API has no finish reason: a status, and for an incomplete answer why. */
function responsesFinish(metadata: Fields): string[] | undefined {
  const reason = first(
    text(fields(metadata["incomplete_details"])["reason"]),
    text(metadata["status"]),
  );
  return reason === undefined ? undefined : [reason];
}

/**
 * Packages of core 0.3 leave the tokens written to the cache out of their usage, and keep OpenAI's own beside it. Some
 * packages add that one up over a stream, and a cached message keeps it: it counts only where both say the same input.
 */
function cacheWrites({ metadata, usageMetadata }: ModelResult): number | undefined {
  const usage = fields(metadata["usage"]);
  const isOfThisCall = count(usage["prompt_tokens"]) === count(usageMetadata["input_tokens"]);
  return isOfThisCall
    ? count(fields(usage["prompt_tokens_details"])["cache_write_tokens"])
    : undefined;
}
