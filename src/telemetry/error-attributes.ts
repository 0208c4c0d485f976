import type { Attributes } from "@opentelemetry/api";

import type { Failure, RunRequest } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";

/** What a failed run is counted by: where it failed, in which of the six ways, and whose provider, model and agent it was. */
export function errorAttributes(request: RunRequest, failure: Failure | undefined): Attributes {
  const attributes: Attributes = {
    [OWN_METRIC.kind]: KINDS[request.kind],
    [OWN_METRIC.category]: failure?.category ?? "unknown",
  };
  if ("provider" in request) attributes[GEN_AI.providerName] = request.provider;
  if ("model" in request && request.model !== undefined)
    attributes[GEN_AI.requestModel] = request.model;
  if (request.agentName !== undefined) attributes[GEN_AI.agentName] = request.agentName;
  return attributes;
}

// --- internal ---

/** The parts of a system, as whoever looks at its errors names them. */
const KINDS: Readonly<Record<RunRequest["kind"], string>> = {
  agent: "agent",
  model: "llm",
  embeddings: "llm",
  tool: "tool",
  retriever: "retrieval",
  mcp: "mcp",
  checkpoint: "infra",
  memory: "infra",
  workflow: "system",
  node: "system",
  chain: "system",
  root: "system",
  gate: "system",
  infra: "infra",
  trace: "system",
};
