/**
 * The GenAI conventions' attribute names. The strings are copied, not imported: the constants on npm are deprecated
 * and frozen since the conventions moved to a repository of their own.
 *
 * Names that both versions share stand here once; the few that differ are in {@link GenAiNames}, one object a version.
 */
export const GEN_AI = {
  operationName: "gen_ai.operation.name",
  providerName: "gen_ai.provider.name",
  conversationId: "gen_ai.conversation.id",
  agentName: "gen_ai.agent.name",
  workflowName: "gen_ai.workflow.name",
  toolName: "gen_ai.tool.name",
  toolDescription: "gen_ai.tool.description",
  toolType: "gen_ai.tool.type",
  toolCallId: "gen_ai.tool.call.id",
  dataSourceId: "gen_ai.data_source.id",
  memoryStoreId: "gen_ai.memory.store.id",
  memoryRecordId: "gen_ai.memory.record.id",
  memoryRecordCount: "gen_ai.memory.record.count",
  embeddingsDimensions: "gen_ai.embeddings.dimension.count",
  requestEncodingFormats: "gen_ai.request.encoding_formats",
  outputType: "gen_ai.output.type",
  tokenType: "gen_ai.token.type",
  tokenModality: "gen_ai.token.modality",
  requestModel: "gen_ai.request.model",
  requestTemperature: "gen_ai.request.temperature",
  requestTopP: "gen_ai.request.top_p",
  requestTopK: "gen_ai.request.top_k",
  requestMaxTokens: "gen_ai.request.max_tokens",
  requestStopSequences: "gen_ai.request.stop_sequences",
  requestFrequencyPenalty: "gen_ai.request.frequency_penalty",
  requestPresencePenalty: "gen_ai.request.presence_penalty",
  requestSeed: "gen_ai.request.seed",
  requestChoiceCount: "gen_ai.request.choice.count",
  requestStream: "gen_ai.request.stream",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  responseFinishReasons: "gen_ai.response.finish_reasons",
  responseTimeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  usageInputTokens: "gen_ai.usage.input_tokens",
  usageOutputTokens: "gen_ai.usage.output_tokens",
  usageCacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  usageReasoningTokens: "gen_ai.usage.reasoning.output_tokens",
} as const;

/** Attribute names of OpenAI's own part of the conventions. */
export const OPENAI = {
  apiType: "openai.api.type",
  requestServiceTier: "openai.request.service_tier",
  responseServiceTier: "openai.response.service_tier",
  systemFingerprint: "openai.response.system_fingerprint",
} as const;

/** Attribute names of Amazon Bedrock's own part of the conventions. */
export const AWS_BEDROCK = {
  guardrailId: "aws.bedrock.guardrail.id",
} as const;

/** The version of the GenAI conventions that spans and metrics follow. */
export type SemconvVersion = "1.41" | "next";

/** What differs between the versions, for span attributes. `undefined`: the version has no such attribute. */
export interface GenAiNames {
  readonly version: SemconvVersion;
  readonly usageCacheWriteTokens: string;
  /** Of an agent, which is set when it ends: before, nobody knows. */
  readonly agentProviderName: string | undefined;
  readonly retrievalTopK: string;
  readonly requestReasoningLevel: string | undefined;
  /** Of a model call; 1.41 has the first for MCP alone. */
  readonly promptName: string | undefined;
  readonly promptVersion: string | undefined;
  readonly usageAudioInputTokens: string | undefined;
  readonly usageAudioOutputTokens: string | undefined;
}

const V1_41: GenAiNames = {
  version: "1.41",
  usageCacheWriteTokens: "gen_ai.usage.cache_creation.input_tokens",
  agentProviderName: GEN_AI.providerName,
  retrievalTopK: "gen_ai.request.top_k",
  requestReasoningLevel: undefined,
  promptName: undefined,
  promptVersion: undefined,
  usageAudioInputTokens: undefined,
  usageAudioOutputTokens: undefined,
};

const NEXT: GenAiNames = {
  version: "next",
  usageCacheWriteTokens: "gen_ai.usage.cache_write.input_tokens",
  agentProviderName: undefined,
  retrievalTopK: "gen_ai.retrieval.top_k",
  requestReasoningLevel: "gen_ai.request.reasoning.level",
  promptName: "gen_ai.prompt.name",
  promptVersion: "gen_ai.prompt.version",
  usageAudioInputTokens: "gen_ai.usage.audio.input_tokens",
  usageAudioOutputTokens: "gen_ai.usage.audio.output_tokens",
};

/** The attribute names of one version. */
export function genAiNames(version: SemconvVersion): GenAiNames {
  return version === "next" ? NEXT : V1_41;
}
