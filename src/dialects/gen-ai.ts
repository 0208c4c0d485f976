import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "@opentelemetry/semantic-conventions";

import type { ModelEnd, ModelRequest, Usage } from "../operation.ts";
import { GEN_AI, type GenAiNames, OPENAI } from "../semconv/gen-ai.ts";
import { LANGCHAIN } from "../semconv/own.ts";
import type { Dialect } from "./dialect.ts";

/** The GenAI conventions' own vocabulary, in the version that `names` stands for. */
export function genAiDialect(names: GenAiNames): Dialect {
  return {
    requestAttributes: (request) => present(requestAttributes(names, request)),
    endAttributes: (end) => present(endAttributes(names, end)),
  };
}

// --- internal ---

type Candidates = Record<string, string | number | boolean | string[] | undefined>;

function requestAttributes(names: GenAiNames, request: ModelRequest): Candidates {
  return {
    [GEN_AI.operationName]: request.operation,
    [GEN_AI.providerName]: request.provider,
    [GEN_AI.requestModel]: request.model,
    [ATTR_SERVER_ADDRESS]: request.server?.address,
    [ATTR_SERVER_PORT]: request.server?.port,
    [GEN_AI.requestTemperature]: request.temperature,
    [GEN_AI.requestTopP]: request.topP,
    [GEN_AI.requestTopK]: request.topK,
    [GEN_AI.requestMaxTokens]: request.maxTokens,
    [GEN_AI.requestStopSequences]: copy(request.stopSequences),
    [GEN_AI.requestFrequencyPenalty]: request.frequencyPenalty,
    [GEN_AI.requestPresencePenalty]: request.presencePenalty,
    [GEN_AI.requestSeed]: request.seed,
    // "If available, in the request, and !=1"
    [GEN_AI.requestChoiceCount]: request.choiceCount === 1 ? undefined : request.choiceCount,
    // "If unset, the request is assumed to be non-streaming"
    [GEN_AI.requestStream]: request.stream === true ? true : undefined,
    [GEN_AI.outputType]: request.outputType,
    [GEN_AI.conversationId]: request.conversationId,
    [GEN_AI.agentName]: request.agentName,
    // "if the request includes a service_tier and the value is not 'auto'"
    [OPENAI.requestServiceTier]: request.serviceTier === "auto" ? undefined : request.serviceTier,
    [OPENAI.apiType]: request.apiType,
    [LANGCHAIN.runId]: request.runId,
    [LANGCHAIN.retryAttempt]: request.retryAttempt,
    ...(names.requestReasoningLevel === undefined
      ? {}
      : { [names.requestReasoningLevel]: request.reasoningLevel }),
  };
}

function endAttributes(names: GenAiNames, end: ModelEnd): Candidates {
  const { response, failure } = end;
  return {
    [GEN_AI.responseModel]: response?.model,
    [GEN_AI.responseId]: response?.id,
    [GEN_AI.responseFinishReasons]: copy(response?.finishReasons),
    [GEN_AI.requestStream]: end.streamed ? true : undefined,
    [GEN_AI.responseTimeToFirstChunk]: end.timeToFirstChunk,
    [OPENAI.responseServiceTier]: response?.serviceTier,
    [OPENAI.systemFingerprint]: response?.systemFingerprint,
    [LANGCHAIN.cached]: response?.cached === true ? true : undefined,
    [LANGCHAIN.runOutcome]: end.outcome === "ok" ? undefined : end.outcome,
    [ATTR_ERROR_TYPE]: end.outcome === "error" ? (failure?.type ?? "_OTHER") : undefined,
    ...(response?.usage === undefined ? {} : usageAttributes(names, response.usage)),
  };
}

function usageAttributes(names: GenAiNames, usage: Usage): Candidates {
  const attributes: Candidates = {
    [GEN_AI.usageInputTokens]: usage.inputTokens,
    [GEN_AI.usageOutputTokens]: usage.outputTokens,
    [GEN_AI.usageCacheReadTokens]: usage.cacheReadTokens,
    [names.usageCacheWriteTokens]: usage.cacheWriteTokens,
    [GEN_AI.usageReasoningTokens]: usage.reasoningTokens,
  };
  if (names.usageAudioInputTokens !== undefined)
    attributes[names.usageAudioInputTokens] = positive(usage.audioInputTokens);
  if (names.usageAudioOutputTokens !== undefined) {
    attributes[names.usageAudioOutputTokens] = positive(usage.audioOutputTokens);
  }
  return attributes;
}

function present(candidates: Candidates): Attributes {
  const attributes: Attributes = {};
  for (const key in candidates) {
    const value = candidates[key];
    if (value !== undefined) attributes[key] = value;
  }
  return attributes;
}

function copy(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list];
}

function positive(count: number | undefined): number | undefined {
  return count !== undefined && count > 0 ? count : undefined;
}
