import type { Attributes } from "@opentelemetry/api";

import type { EmbeddingsRequest, ModelRequest, RunEnd, RunRequest } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { LLM, LLM_COUNTERS } from "../semconv/llm.ts";
import type { InstrumentDefinition } from "../semconv/metrics.ts";
import { VYSTAK } from "../semconv/vystak.ts";
import type { Count, Dialect } from "./dialect.ts";
import { present } from "./present.ts";
import { hostOf } from "./provider.ts";

/**
 * The `llm.*` contract: eight attributes on model calls, and three counters of tokens. A count that no provider reported is
 * absent.
 */
export const llm: Dialect = {
  requestAttributes: (request) =>
    isCall(request)
      ? present({
          ...identity(request, request.model),
          [LLM.requestType]: requestType(request),
          [GEN_AI.requestModel]: request.model,
        })
      : {},
  endAttributes(request, end) {
    if (!isCall(request)) return {};
    const { prompt, completion, total } = tokensOf(request, end);
    return present({
      [LLM.model]: modelOf(request, end),
      [LLM.tokensPrompt]: prompt,
      [LLM.tokensCompletion]: completion,
      [LLM.tokensTotal]: total,
    });
  },
  contentAttributes: () => ({}),
  counts(request, end) {
    if (!isCall(request)) return [];
    const attributes = present(identity(request, modelOf(request, end)));
    const { prompt, completion, total } = tokensOf(request, end);
    return [
      ...count(LLM_COUNTERS.prompt, prompt, attributes),
      ...count(LLM_COUNTERS.completion, completion, attributes),
      ...count(LLM_COUNTERS.total, total, attributes),
    ];
  },
};

// --- internal ---

type Call = ModelRequest | EmbeddingsRequest;

function isCall(request: RunRequest): request is Call {
  return request.kind === "model" || request.kind === "embeddings";
}

/** What both spans and counters are told apart by. */
function identity(
  { provider }: Call,
  model: string | undefined,
): Record<string, string | undefined> {
  return { [LLM.provider]: hostOf(provider), [LLM.model]: model, [VYSTAK.system]: provider };
}

function requestType(request: Call): string {
  if (request.kind === "embeddings") return "embedding";
  return request.operation === "chat" ? "chat" : "completion";
}

/** The contract requires one: where nobody asked for one by name, the one that answered. */
function modelOf({ model }: Call, { response }: RunEnd): string | undefined {
  return model ?? response?.model;
}

interface Tokens {
  readonly prompt: number | undefined;
  readonly completion: number | undefined;
  readonly total: number | undefined;
}

function tokensOf({ kind }: Call, { response }: RunEnd): Tokens {
  const { inputTokens: prompt, outputTokens: completion } = response?.usage ?? {};
  // Embeddings complete nothing.
  const rest = kind === "embeddings" ? 0 : completion;
  const total = prompt === undefined || rest === undefined ? undefined : prompt + rest;
  return { prompt, completion, total };
}

function count(
  counter: InstrumentDefinition,
  value: number | undefined,
  attributes: Attributes,
): Count[] {
  return value === undefined ? [] : [{ counter, value, attributes }];
}
