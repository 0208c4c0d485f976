import type { CallLedger } from "../budget/call-ledger.ts";
import type { EmbeddingsRequest, ModelRequest, RunEnd } from "../operation.ts";
import { attributionOf } from "./attribution.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * Tells of a model call that has ended, however it did. One that failed before anything was counted has used nothing, and
 * so has one that LangChain's cache answered: what was reserved for it is free again.
 */
export function reportCall(
  ledger: Pick<CallLedger, "record" | "settle">,
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
