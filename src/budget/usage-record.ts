import type { CostParts } from "../pricing/price-tokens.ts";

/** A model call that has ended, as it is reported to a tracker. What is not known is left out. */
export interface EndedCall {
  /** The agent that made it. */
  readonly agentName?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly provider: string;
  /** The one that answered, where that is known, else the one that was asked. */
  readonly model?: string | undefined;
  /** All input, what was read from and written to the cache included. */
  readonly inputTokens?: number | undefined;
  /** All output, reasoning included. */
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** As `priceOf` answers it. */
  readonly cost?: EndedCallCost | undefined;
  readonly latencyMs?: number | undefined;
  /** How the agent works, such as `react`. */
  readonly pattern?: string | undefined;
  /** When it ended, in milliseconds since 1970. @default now */
  readonly timestamp?: number | undefined;
  readonly traceId?: string | undefined;
  /**
   * The ids of the run itself, of the run above it, and so on, up to the one that everything belongs to, which is the
   * run of a budget "per run". A reservation made for one of them pays the call.
   */
  readonly runIds?: readonly string[] | undefined;
}

/** USD in total and by part. */
export interface EndedCallCost {
  readonly usd: number;
  readonly parts?: Readonly<Record<string, number | undefined>> | undefined;
}

/** What is kept of a call. Unknown is `undefined`, which is not 0. */
export interface UsageRecord {
  readonly agentName: string | undefined;
  readonly sessionId: string | undefined;
  readonly tenant: string | undefined;
  readonly model: string | undefined;
  readonly provider: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** `undefined` where the model has no known price. */
  readonly costUsd: number | undefined;
  readonly costParts: CostParts | undefined;
  readonly latencyMs: number | undefined;
  readonly pattern: string | undefined;
  /** When the call ended, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly traceId: string | undefined;
  /** The run that everything belongs to. */
  readonly runId: string | undefined;
}

/**
 * What is kept of a call: whoever reports it may say anything, and sums shall stay sums.
 * @param now where the call does not say when it ended
 */
export function usageRecord(call: EndedCall, now: number): UsageRecord {
  const costUsd = amount(call.cost?.usd);
  return {
    agentName: name(call.agentName),
    sessionId: name(call.sessionId),
    tenant: name(call.tenant),
    model: name(call.model),
    provider: name(call.provider) ?? "unknown",
    inputTokens: count(call.inputTokens),
    outputTokens: count(call.outputTokens),
    cacheReadTokens: count(call.cacheReadTokens),
    cacheWriteTokens: count(call.cacheWriteTokens),
    reasoningTokens: count(call.reasoningTokens),
    costUsd,
    costParts: costUsd === undefined ? undefined : parts(call.cost?.parts),
    latencyMs: duration(call.latencyMs),
    pattern: name(call.pattern),
    timestamp: moment(call.timestamp) ?? now,
    traceId: name(call.traceId),
    runId: name(call.runIds?.at(-1)),
  };
}

/** A name as it is kept and compared: not empty, and not longer than anybody calls anything. */
export function name(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  // Half a pair of surrogates would come back from a file as another name.
  return value.slice(0, LONGEST).replaceAll(/\p{Surrogate}|\0/gu, "\uFFFD");
}

/** USD, of which no call costs more than the most: what is above is a mistake, and unknown. */
export function amount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= MOST_USD ? value : undefined;
}

/** A moment of this era, in whole milliseconds. */
export function moment(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 8.64e15
    ? Math.floor(value)
    : undefined;
}

// --- internal ---

const LONGEST = 256;
const MOST_USD = 1_000_000;
/** A thousand billion: a million such calls still have an exact sum. */
const MOST_TOKENS = 1e9;
const YEAR_MS = 365 * 86_400_000;
const PARTS = [
  "input",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "audioInput",
  "output",
  "reasoning",
  "audioOutput",
  "request",
] as const satisfies readonly (keyof CostParts)[];

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MOST_TOKENS
    ? Number(value)
    : undefined;
}

function duration(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= YEAR_MS ? value : undefined;
}

function parts(said: EndedCallCost["parts"]): CostParts | undefined {
  if (said === undefined || said === null) return undefined;
  const kept: { -readonly [part in keyof CostParts]: number } = {};
  for (const part of PARTS) {
    const usd = amount(said[part]);
    if (usd !== undefined) kept[part] = usd;
  }
  return kept;
}
