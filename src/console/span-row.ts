import type { Attributes } from "@opentelemetry/api";

import { GEN_AI, genAiNames } from "../semconv/gen-ai.ts";
import { LANGCHAIN } from "../semconv/own.ts";
import { type FinishedSpan, milliseconds, STATUS_NAMES } from "./finished-span.ts";
import { printable } from "./terminal-text.ts";

/**
 * What a line of output says about a span. Spans wait in this form, and not as spans, until their trace is complete:
 * it is small, and holds nothing of the conversation. All text is safe to print.
 */
export interface SpanRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** The parent is in another process (or there is none), so that the tree starts here. */
  readonly top: boolean;
  readonly name: string;
  readonly agent: string | undefined;
  /** It is a model call, and not the work of several. */
  readonly isCall: boolean;
  readonly model: string | undefined;
  readonly startMs: number;
  readonly durationMs: number;
  readonly firstChunkMs: number | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  /** USD; of a call its own, of what stands above calls theirs together. */
  readonly costUsd: number | undefined;
  /** The price of a call is not known, so that the cost is less than it was. */
  readonly pricingMissing: boolean;
  readonly status: (typeof STATUS_NAMES)[number];
  /** `ok`, `error`, or another way to end: `cancelled`, `interrupted`, `blocked`, `abandoned`. */
  readonly outcome: string;
  /** What went wrong. */
  readonly failure: string | undefined;
}

export function spanRow(span: FinishedSpan): SpanRow {
  const { traceId, spanId } = span.spanContext();
  const { attributes, parentSpanContext: parent } = span;
  const status = STATUS_NAMES[span.status.code] ?? "UNSET";
  return {
    traceId,
    spanId,
    parentId: parent?.spanId,
    top: parent === undefined || parent.isRemote === true,
    name: text(span.name) ?? "(no name)",
    agent: text(attributes[GEN_AI.agentName]),
    isCall: CALLS.has(attributes[GEN_AI.operationName]),
    model: text(attributes[GEN_AI.responseModel]) ?? text(attributes[GEN_AI.requestModel]),
    startMs: milliseconds(span.startTime),
    durationMs: Math.max(0, milliseconds(span.duration)),
    firstChunkMs: inMilliseconds(amount(attributes[GEN_AI.responseTimeToFirstChunk])),
    inputTokens: amount(attributes[GEN_AI.usageInputTokens]),
    outputTokens: amount(attributes[GEN_AI.usageOutputTokens]),
    cacheReadTokens: amount(attributes[GEN_AI.usageCacheReadTokens]),
    cacheWriteTokens: CACHE_WRITE_NAMES.map((name) => amount(attributes[name])).find(
      (tokens) => tokens !== undefined,
    ),
    costUsd: amount(attributes[LANGCHAIN.costUsd]) ?? amount(attributes[LANGCHAIN.costTotalUsd]),
    pricingMissing: attributes[LANGCHAIN.pricingMissing] === true,
    status,
    outcome: text(attributes[LANGCHAIN.runOutcome]) ?? (status === "ERROR" ? "error" : "ok"),
    failure: failure(attributes, span.status.message),
  };
}

// --- internal ---

const MAX_TEXT = 500;
/** Not imported from the conventions' package: this entry loads the API and nothing else. */
const ERROR_TYPE = "error.type";
/** Operations, as the conventions call them, that are one call of a model. */
const CALLS: ReadonlySet<unknown> = new Set([
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
]);
const CACHE_WRITE_NAMES = [
  genAiNames("1.41").usageCacheWriteTokens,
  genAiNames("next").usageCacheWriteTokens,
];

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? printable(value.slice(0, MAX_TEXT))
    : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function inMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Many messages begin with their type already. */
function failure(attributes: Attributes, message: string | undefined): string | undefined {
  const type = text(attributes[ERROR_TYPE]);
  const words = text(message);
  if (type === undefined || words === undefined) return type ?? words;
  return words.startsWith(type) ? words : `${type}: ${words}`;
}
