import type { WrittenContent } from "../content/content-policy.ts";
import {
  hasFailed,
  type ModelRequest,
  type ModelResponse,
  type RunEnd,
  type RunRequest,
  type Server,
  type Totals,
  type Usage,
} from "../operation.ts";
import { CONTENT, referenceTo } from "../semconv/content.ts";
import { GEN_AI, type GenAiNames, OPENAI } from "../semconv/gen-ai.ts";
import { MCP } from "../semconv/mcp.ts";
import { LANGCHAIN } from "../semconv/own.ts";
import { ATTR_ERROR_TYPE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from "../semconv/stable.ts";
import { associationAttributes } from "./association-attributes.ts";
import type { Dialect } from "./dialect.ts";
import { guardrailAttributes, interventionAttributes } from "./guardrail-attributes.ts";
import { mcpAttributes } from "./mcp-attributes.ts";
import { type Candidates, present } from "./present.ts";

/** The GenAI conventions' own vocabulary, in the version that `names` stands for. */
export function genAiDialect(names: GenAiNames): Dialect {
  return {
    requestAttributes: (request) =>
      present({ ...common(names, request), ...requestAttributes(names, request) }),
    endAttributes: (request, end) => present(endAttributes(names, request, end)),
    contentAttributes: (request, content) =>
      hasContent(request) ? present(contentAttributes(content)) : {},
  };
}

// --- internal ---

/** What every span carries: whose it is. */
function common(names: GenAiNames, request: RunRequest): Candidates {
  return {
    ...associationAttributes(names, request),
    [GEN_AI.conversationId]: request.conversationId,
    [GEN_AI.agentName]: request.agentName,
    [LANGCHAIN.runId]: request.runId,
    [LANGCHAIN.retryAttempt]: request.retryAttempt,
  };
}

function requestAttributes(names: GenAiNames, request: RunRequest): Candidates {
  switch (request.kind) {
    case "model":
      return modelAttributes(names, request);
    case "embeddings":
      return {
        [GEN_AI.operationName]: "embeddings",
        [GEN_AI.providerName]: request.provider,
        [GEN_AI.requestModel]: request.model,
        [GEN_AI.embeddingsDimensions]: request.dimensions,
        [GEN_AI.requestEncodingFormats]: copy(request.encodingFormats),
        ...serverAttributes(request.server),
      };
    case "retriever":
      return {
        [GEN_AI.operationName]: "retrieval",
        [GEN_AI.dataSourceId]: request.source,
        [names.retrievalTopK]: request.topK,
      };
    case "tool":
      return {
        [GEN_AI.operationName]: "execute_tool",
        [GEN_AI.toolName]: request.name,
        [GEN_AI.toolDescription]: request.description,
        [GEN_AI.toolCallId]: request.callId,
        // LangChain's tools run in the application: "function" is the convention's word for those.
        [GEN_AI.toolType]: "function",
      };
    case "agent":
      return { [GEN_AI.operationName]: "invoke_agent", [LANGCHAIN.pattern]: request.pattern };
    case "workflow":
      return {
        [GEN_AI.operationName]: "invoke_workflow",
        [GEN_AI.workflowName]: request.name,
        [LANGCHAIN.pattern]: request.pattern,
      };
    case "node":
      return { [LANGCHAIN.node]: request.node, [LANGCHAIN.step]: request.step };
    case "mcp":
      return { ...mcpAttributes(request), ...serverAttributes(request.server) };
    case "checkpoint":
      return { [LANGCHAIN.step]: request.step, [LANGCHAIN.checkpointWrites]: request.writes };
    case "memory":
      return {
        [GEN_AI.operationName]: request.operation,
        [GEN_AI.memoryStoreId]: request.storeId,
        [GEN_AI.memoryRecordId]: request.recordId,
        [GEN_AI.memoryRecordCount]: request.recordCount,
      };
    case "chain":
    case "root":
    case "gate":
    case "infra":
    case "trace":
      return {};
  }
}

function modelAttributes(names: GenAiNames, request: ModelRequest): Candidates {
  return {
    [GEN_AI.operationName]: request.operation,
    [GEN_AI.providerName]: request.provider,
    [GEN_AI.requestModel]: request.model,
    ...serverAttributes(request.server),
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
    // "if the request includes a service_tier and the value is not 'auto'"
    [OPENAI.requestServiceTier]: request.serviceTier === "auto" ? undefined : request.serviceTier,
    [OPENAI.apiType]: request.apiType,
    ...guardrailAttributes(request),
    ...(names.requestReasoningLevel === undefined
      ? {}
      : { [names.requestReasoningLevel]: request.reasoningLevel }),
  };
}

function serverAttributes(server: Server | undefined): Candidates {
  return { [ATTR_SERVER_ADDRESS]: server?.address, [ATTR_SERVER_PORT]: server?.port };
}

function endAttributes(names: GenAiNames, request: RunRequest, end: RunEnd): Candidates {
  const { response, failure } = end;
  return {
    [LANGCHAIN.runOutcome]: end.outcome === "ok" ? undefined : end.outcome,
    [ATTR_ERROR_TYPE]: hasFailed(end) ? (failure?.type ?? "_OTHER") : undefined,
    [LANGCHAIN.errorCategory]: hasFailed(end) ? (failure?.category ?? "unknown") : undefined,
    [LANGCHAIN.errorRetryable]: hasFailed(end) ? failure?.retryable : undefined,
    [MCP.statusCode]: end.statusCode,
    ...interventionAttributes(request, end.guardrail),
    ...costAttributes(end),
    [LANGCHAIN.gateVerdict]: end.decision?.verdict,
    [LANGCHAIN.gateReason]: end.decision?.reason,
    [LANGCHAIN.gateUncertainty]: end.decision?.uncertainty,
    ...(end.streamed === true ? { [GEN_AI.requestStream]: true } : {}),
    [GEN_AI.responseTimeToFirstChunk]: end.timeToFirstChunk,
    ...(end.records === undefined ? {} : { [GEN_AI.memoryRecordCount]: end.records }),
    ...(response === undefined ? {} : responseAttributes(names, response)),
    ...(end.totals === undefined ? {} : totalAttributes(request, end.totals)),
    ...(names.agentProviderName === undefined || request.kind !== "agent"
      ? {}
      : { [names.agentProviderName]: end.provider }),
  };
}

/** Of a call its own, of all above it the sum of what is known. */
function costAttributes({ cost, costs, energy }: RunEnd): Candidates {
  const isMissing = cost === "missing" || costs?.incomplete === true;
  return {
    [LANGCHAIN.costUsd]: typeof cost === "object" ? cost.usd : undefined,
    [LANGCHAIN.costTotalUsd]: costs?.usd,
    [LANGCHAIN.pricingMissing]: isMissing ? true : undefined,
    [LANGCHAIN.energyEstimate]: energy?.wh,
    [LANGCHAIN.carbonEstimate]: energy?.grams,
  };
}

function responseAttributes(names: GenAiNames, response: ModelResponse): Candidates {
  return {
    [GEN_AI.responseModel]: response.model,
    [GEN_AI.responseId]: response.id,
    [GEN_AI.responseFinishReasons]: copy(response.finishReasons),
    [OPENAI.responseServiceTier]: response.serviceTier,
    [OPENAI.systemFingerprint]: response.systemFingerprint,
    [LANGCHAIN.cached]: response.cached === true ? true : undefined,
    ...(response.usage === undefined ? {} : usageAttributes(names, response.usage)),
  };
}

/** The conventions have aggregated usage on agents; on everything else above a model call there is only our own sum. */
function totalAttributes(request: RunRequest, totals: Totals): Candidates {
  const sum = { [LANGCHAIN.tokensTotal]: totals.inputTokens + totals.outputTokens };
  if (request.kind !== "agent") return sum;
  return {
    ...sum,
    [GEN_AI.usageInputTokens]: totals.inputTokens,
    [GEN_AI.usageOutputTokens]: totals.outputTokens,
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

/** The conventions know nothing of nodes and chains, nor what they work on. */
function hasContent({ kind }: RunRequest): boolean {
  return kind !== "node" && kind !== "chain";
}

/** One attribute per list, as JSON: a span attribute has no structure. */
function contentAttributes(content: WrittenContent): Candidates {
  const attributes: Candidates = {};
  for (const member in CONTENT) {
    const name = CONTENT[member as keyof typeof CONTENT];
    const written = content[member as keyof typeof CONTENT];
    if (written === undefined) continue;
    if (written.reference !== undefined) attributes[referenceTo(name)] = written.reference;
    // A text is a text already.
    else attributes[name] = typeof written.value === "string" ? written.value : written.json;
  }
  return attributes;
}

function copy(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list];
}

function positive(count: number | undefined): number | undefined {
  return count !== undefined && count > 0 ? count : undefined;
}
