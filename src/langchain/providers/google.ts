import type { ModelResponse } from "../../operation.ts";
import type { ModelCall } from "../model-call.ts";
import type { ModelResult } from "../model-result.ts";
import { count, first, text } from "../read.ts";
import { textKwarg } from "./endpoint.ts";
import { googleIntervention } from "./google-safety.ts";
import type { Provider } from "./provider.ts";

/** Gemini by `@langchain/google` and by the older Vertex packages. */
export const google: Provider = {
  lsProviders: ["google_genai", "google_vertexai", "vertexai", "google_generativeai", "google"],
  classNames: ["ChatGoogle", "ChatVertexAI", "VertexAI", "ChatGoogleNode"],
  providerName: googleProviderName,
  instructionsApart: true,
  endpoint: googleEndpoint,
  response: withThoughts,
  intervention: googleIntervention,
};

const GEMINI_HOST = "generativelanguage.googleapis.com";

/** By where the request goes: the Gemini API, Vertex AI, or something that cannot be told. */
function googleProviderName(call: ModelCall): string {
  const endpoint = googleEndpoint(call);
  if (endpoint !== undefined) {
    if (endpoint.includes(GEMINI_HOST)) return "gcp.gemini";
    if (endpoint.includes("aiplatform.googleapis.com")) return "gcp.vertex_ai";
    return "gcp.gen_ai";
  }
  // Without an endpoint LangChain's word counts: `google_genai` is its name for the Gemini API.
  const provider = text(call.metadata["ls_provider"]);
  if (provider === "google_genai" || provider === "google_generativeai") return "gcp.gemini";
  return provider === "google_vertexai" || provider === "vertexai" ? "gcp.vertex_ai" : "gcp.gen_ai";
}

/**
 * `candidatesTokenCount` leaves the thoughts out, and so do some packages and streams; the total has them: output is
 * total less input. https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function withThoughts(
  response: ModelResponse,
  { usageMetadata }: ModelResult,
): ModelResponse {
  const { inputTokens, outputTokens, reasoningTokens } = response.usage ?? {};
  const total = count(usageMetadata["total_tokens"]);
  if (inputTokens === undefined || outputTokens === undefined || total === undefined)
    return response;
  const thoughts = total - inputTokens - outputTokens;
  if (thoughts <= 0) return response;
  return {
    ...response,
    usage: {
      ...response.usage,
      outputTokens: outputTokens + thoughts,
      reasoningTokens: reasoningTokens ?? thoughts,
    },
  };
}

// --- internal ---

/**
 * ChatGoogle is not serialized: what it was made with is known only where the instrumentation sees the model. A default
 * is said only when it is known that nothing else was given.
 */
function googleEndpoint(call: ModelCall): string | undefined {
  const { kwargs, model, metadata } = call;
  const given = first(
    textKwarg(call, "endpoint", "baseUrl", "apiEndpoint"),
    text(model["endpoint"]),
    text(model["baseUrl"]),
  );
  const seen = Object.keys(kwargs).length > 0 || Object.keys(model).length > 0;
  return (
    given ??
    (seen && metadata["ls_provider"] === "google_genai" ? `https://${GEMINI_HOST}` : undefined)
  );
}
