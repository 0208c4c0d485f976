import type { RunRequest } from "../operation.ts";

/** `gen_ai.provider.name` of a request to a provider. */
export function providerOf(request: RunRequest): string | undefined {
  return request.kind === "model" || request.kind === "embeddings" ? request.provider : undefined;
}

/**
 * Who hosts the model, as OpenInference calls it: "If one of them applies, then the respective value MUST be used". Both
 * vocabularies that have `llm.provider` take it from here, so that they can stand on one span.
 */
export function hostOf(provider: string): string {
  return Object.hasOwn(HOSTS, provider) ? (HOSTS[provider] ?? provider) : provider;
}

// --- internal ---

const HOSTS: Readonly<Record<string, string>> = {
  "aws.bedrock": "aws",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "gcp.vertex_ai": "google",
  mistral_ai: "mistralai",
  moonshot_ai: "moonshot",
  x_ai: "xai",
};
