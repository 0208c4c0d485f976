import type { EndedCall } from "../budget/usage-record.ts";
import type { EmbeddingsRequest, ModelRequest, RunEnd } from "../operation.ts";
import { attributionOf } from "./attribution.ts";
import type { OpenRun } from "./open-run.ts";

/** Who keeps what calls cost: a `CostTracker`, perhaps of another copy of this package. */
export interface CallLedger {
  record(call: EndedCall): void;
  settle(runId: string): void;
}

/**
 * Tells of a model call that has ended, however it did. One that failed before anything was counted has used nothing, and
 * so has one that LangChain's cache answered: what was reserved for it is free again.
 */
export function reportCall(
  ledger: CallLedger,
  run: OpenRun,
  request: ModelRequest | EmbeddingsRequest,
  end: Pick<RunEnd, "outcome" | "response" | "cost">,
  latencyMs: number,
): void {
  const { response, cost } = end;
  const usage = response?.usage;
  if (response?.cached === true || (end.outcome !== "ok" && usage === undefined)) {
    return ledger.settle(run.id);
  }
  ledger.record({
    ...attributionOf(run),
    provider: request.provider,
    model: response?.model ?? request.model,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    cacheReadTokens: usage?.cacheReadTokens,
    cacheWriteTokens: usage?.cacheWriteTokens,
    reasoningTokens: usage?.reasoningTokens,
    cost: cost === "missing" ? undefined : cost,
    latencyMs,
    traceId: run.spanContext?.traceId,
  });
}
