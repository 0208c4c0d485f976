import type { EmbeddingsRequest, ModelRequest, ModelResponse, RunRequest } from "../operation.ts";
import { OPENINFERENCE } from "../semconv/openinference.ts";
import type { Dialect } from "./dialect.ts";
import { associationAttributes } from "./openinference/association.ts";
import { openInferenceContent } from "./openinference/content.ts";
import { type Candidates, present } from "./present.ts";
import { hostOf } from "./provider.ts";

/** OpenInference, which Arize Phoenix reads: kinds, models, tokens, and what was said. */
export const openinference: Dialect = {
  requestAttributes: (request) =>
    present({
      [OPENINFERENCE.spanKind]: spanKind(request),
      ...associationAttributes(request),
      ...requestAttributes(request),
    }),
  endAttributes: (request, { response }) =>
    response === undefined ? {} : present(responseAttributes(request, response)),
  contentAttributes: openInferenceContent,
  values: true,
};

// --- internal ---

function spanKind(request: RunRequest): string {
  if (request.kind === "mcp") return request.method === "tools/call" ? "TOOL" : "CHAIN";
  return KINDS[request.kind] ?? "CHAIN";
}

const KINDS: { readonly [kind in RunRequest["kind"]]?: string } = {
  model: "LLM",
  embeddings: "EMBEDDING",
  retriever: "RETRIEVER",
  tool: "TOOL",
  agent: "AGENT",
};

function requestAttributes(request: RunRequest): Candidates {
  switch (request.kind) {
    case "model":
      return {
        [OPENINFERENCE.llmSystem]: systemOf(request.provider),
        [OPENINFERENCE.llmProvider]: hostOf(request.provider),
        [OPENINFERENCE.llmModelName]: request.model,
        [OPENINFERENCE.llmInvocationParameters]: json(modelParameters(request)),
      };
    case "embeddings":
      return {
        [OPENINFERENCE.embeddingModelName]: request.model,
        [OPENINFERENCE.embeddingInvocationParameters]: json(embeddingParameters(request)),
      };
    case "tool":
      return {
        [OPENINFERENCE.toolName]: request.name,
        [OPENINFERENCE.toolDescription]: request.description,
        [OPENINFERENCE.toolId]: request.callId,
      };
    case "mcp":
      return { [OPENINFERENCE.toolName]: request.toolName };
    case "agent":
      return { [OPENINFERENCE.agentName]: request.agentName };
    default:
      return {};
  }
}

/** Whose product it is, which is not who hosts it. Of a model in Bedrock and Vertex AI it is the service. */
function systemOf(provider: string): string {
  return Object.hasOwn(SYSTEMS, provider) ? (SYSTEMS[provider] ?? provider) : hostOf(provider);
}

const SYSTEMS: Readonly<Record<string, string>> = {
  "aws.bedrock": "amazon",
  "azure.ai.openai": "openai",
  "gcp.vertex_ai": "vertexai",
};

/** By OpenAI's names, which is what Phoenix's playground reads. */
function modelParameters(request: ModelRequest): Record<string, unknown> {
  return {
    model: request.model,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    max_tokens: request.maxTokens,
    stop: request.stopSequences,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    seed: request.seed,
    n: request.choiceCount,
    stream: request.stream,
    reasoning_effort: request.reasoningLevel,
    service_tier: request.serviceTier,
  };
}

function embeddingParameters(request: EmbeddingsRequest): Record<string, unknown> {
  return {
    model: request.model,
    dimensions: request.dimensions,
    encoding_format: request.encodingFormats?.[0],
  };
}

function json(parameters: Record<string, unknown>): string | undefined {
  const text = JSON.stringify(parameters);
  return text === "{}" ? undefined : text;
}

function responseAttributes(request: RunRequest, response: ModelResponse): Candidates {
  const { usage = {} } = response;
  const { inputTokens: prompt, outputTokens: completion } = usage;
  if (request.kind === "embeddings")
    return {
      [OPENINFERENCE.embeddingModelName]: response.model,
      [OPENINFERENCE.tokensPrompt]: prompt,
      [OPENINFERENCE.tokensTotal]: prompt,
    };
  return {
    // "The name of the language model being utilized": the answer knows better.
    [OPENINFERENCE.llmModelName]: response.model,
    [OPENINFERENCE.llmFinishReason]: response.finishReasons?.[0],
    [OPENINFERENCE.tokensPrompt]: prompt,
    [OPENINFERENCE.tokensCompletion]: completion,
    [OPENINFERENCE.tokensTotal]:
      prompt === undefined || completion === undefined ? undefined : prompt + completion,
    [OPENINFERENCE.tokensCacheRead]: usage.cacheReadTokens,
    [OPENINFERENCE.tokensCacheWrite]: usage.cacheWriteTokens,
    [OPENINFERENCE.tokensPromptAudio]: usage.audioInputTokens,
    [OPENINFERENCE.tokensReasoning]: usage.reasoningTokens,
    [OPENINFERENCE.tokensCompletionAudio]: usage.audioOutputTokens,
  };
}
