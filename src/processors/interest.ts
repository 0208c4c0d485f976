import { type Attributes, type HrTime, type SpanStatus, SpanStatusCode } from "@opentelemetry/api";

import { LANGCHAIN } from "../semconv/own.ts";

/** What decides whether a span is interesting. */
export interface JudgedSpan {
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  /** Seconds and nanoseconds. */
  readonly duration: HrTime;
}

/** From where on a span is slow or expensive; absent means never. */
export interface InterestLimits {
  readonly minDurationMs: number | undefined;
  readonly minCostUsd: number | undefined;
}

/** Whether a span that has ended is reason enough to keep its trace: it failed, was blocked, slow or expensive. */
export function isInteresting(span: JudgedSpan, limits: InterestLimits): boolean {
  return (
    span.status.code === SpanStatusCode.ERROR ||
    isBlocked(span.attributes) ||
    isSlow(span.duration, limits.minDurationMs) ||
    isExpensive(span.attributes, limits.minCostUsd)
  );
}

// --- internal ---

const BLOCKED = "blocked";
const GATE_VERDICT = "langchain.gate.verdict";
/** What a call cost, and what all calls below a run did. */
const COSTS = ["langchain.cost.usd", "langchain.cost.total_usd"] as const;

function isBlocked(attributes: Attributes): boolean {
  return attributes[LANGCHAIN.runOutcome] === BLOCKED || attributes[GATE_VERDICT] === BLOCKED;
}

function isSlow([seconds, nanos]: HrTime, minMs: number | undefined): boolean {
  return minMs !== undefined && seconds * 1000 + nanos / 1e6 >= minMs;
}

function isExpensive(attributes: Attributes, minUsd: number | undefined): boolean {
  if (minUsd === undefined) return false;
  return COSTS.some((name) => {
    const cost = attributes[name];
    return typeof cost === "number" && cost >= minUsd;
  });
}
