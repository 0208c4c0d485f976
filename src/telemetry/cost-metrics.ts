import type { Attributes, Context } from "@opentelemetry/api";

import type { RunEnd, RunRequest } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import type { RunInstruments } from "./instruments.ts";

/** What a call cost, and what a whole run came to. An unknown price is counted as unknown, and never as nothing. */
export function countCost(
  made: RunInstruments,
  request: RunRequest,
  end: RunEnd,
  context: Context,
): void {
  if (request.kind === "model" || request.kind === "embeddings") {
    const attributes = callAttributes(request);
    if (end.cost === "missing") made.pricingMissing.add(1, attributes, context);
    else if (end.cost !== undefined) {
      made.cost.add(end.cost.usd, attributes, context);
      made.callCost.record(end.cost.usd, attributes, context);
    }
    if (end.energy !== undefined) made.energy.add(end.energy.wh, attributes, context);
    if (end.energy?.grams !== undefined) made.carbon.add(end.energy.grams, attributes, context);
  }
  if (end.isTopmost !== true) return;
  const attributes = { ...runAttributes(request), [OWN_METRIC.status]: end.outcome };
  const { costs, totals } = end;
  if (costs?.usd !== undefined) made.runCost.record(costs.usd, attributes, context);
  if (totals !== undefined)
    made.runTokens.record(totals.inputTokens + totals.outputTokens, attributes, context);
}

// --- internal ---

function callAttributes(
  request: Extract<RunRequest, { kind: "model" | "embeddings" }>,
): Attributes {
  const attributes: Attributes = { [GEN_AI.providerName]: request.provider };
  if (request.model !== undefined) attributes[GEN_AI.requestModel] = request.model;
  if (request.agentName !== undefined) attributes[GEN_AI.agentName] = request.agentName;
  return attributes;
}

function runAttributes(request: RunRequest): Attributes {
  const attributes: Attributes = {};
  if (request.agentName !== undefined) attributes[GEN_AI.agentName] = request.agentName;
  if (request.kind === "workflow" && request.name !== undefined)
    attributes[GEN_AI.workflowName] = request.name;
  return attributes;
}
