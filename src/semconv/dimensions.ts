import { GEN_AI } from "./gen-ai.ts";
import { GUARDRAIL_ACTIONS, GUARDRAIL_CATEGORIES } from "./guardrails.ts";
import { LLM } from "./llm.ts";
import { MCP } from "./mcp.ts";
import { OWN_METRIC } from "./own.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_NETWORK_TRANSPORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "./stable.ts";
import { VYSTAK } from "./vystak.ts";

/** What metrics are counted by, as the `cardinality` option names it, and how many values of it there may be. */
export const DIMENSIONS = {
  model: 50,
  provider: 10,
  tool: 200,
  agent: 200,
  workflow: 50,
  pattern: 50,
  source: 50,
  server: 50,
  error_type: 50,
  mcp_method: 50,
  prompt: 50,
  status_code: 50,
  protocol_version: 20,
  guardrail_id: 100,
  guardrail_version: 50,
  gate: 50,
  tenant: 50,
  evaluation_type: 20,
  pricing_profile: 20,
} as const;

export type Dimension = keyof typeof DIMENSIONS;

/** How many values there may be, by dimension. */
export type CardinalityCaps = Readonly<Record<Dimension, number>>;

/**
 * Every attribute that a metric may have: by the dimension that bounds it, or by the only values that it has (`"few"`
 * for those that our own code makes up, such as a number or a truth). There is no other: no run, session, trace or user
 * ever gets onto a metric.
 */
export const METRIC_KEYS: Readonly<Record<string, Dimension | readonly string[] | "few">> = {
  [GEN_AI.operationName]: "few",
  [GEN_AI.providerName]: "provider",
  [VYSTAK.system]: "provider",
  [LLM.provider]: "provider",
  [LLM.model]: "model",
  [GEN_AI.requestModel]: "model",
  [GEN_AI.responseModel]: "model",
  [GEN_AI.agentName]: "agent",
  [GEN_AI.toolName]: "tool",
  [GEN_AI.toolType]: ["function", "extension", "datastore"],
  [GEN_AI.workflowName]: "workflow",
  [GEN_AI.tokenType]: ["input", "output", "cache_read", "cache_creation"],
  [GEN_AI.tokenModality]: "few",
  [ATTR_ERROR_TYPE]: "error_type",
  [ATTR_SERVER_ADDRESS]: "server",
  [ATTR_SERVER_PORT]: "few",
  [ATTR_NETWORK_TRANSPORT]: ["pipe", "tcp"],
  [ATTR_NETWORK_PROTOCOL_NAME]: ["http", "websocket"],
  [MCP.methodName]: "mcp_method",
  [MCP.promptName]: "prompt",
  [MCP.protocolVersion]: "protocol_version",
  [MCP.statusCode]: "status_code",
  [OWN_METRIC.status]: ["ok", "error", "cancelled", "interrupted", "blocked", "abandoned"],
  [OWN_METRIC.direction]: ["input", "output"],
  [OWN_METRIC.streaming]: "few",
  [OWN_METRIC.pattern]: "pattern",
  [OWN_METRIC.source]: "source",
  [OWN_METRIC.guardrailId]: "guardrail_id",
  [OWN_METRIC.guardrailVersion]: "guardrail_version",
  [OWN_METRIC.action]: GUARDRAIL_ACTIONS,
  [OWN_METRIC.gate]: "gate",
  [OWN_METRIC.verdict]: ["allowed", "blocked"],
  [OWN_METRIC.evaluationType]: "evaluation_type",
  [OWN_METRIC.evaluatorModel]: "model",
  [OWN_METRIC.detector]: "few",
  [OWN_METRIC.dimension]: "few",
  [OWN_METRIC.per]: ["ever", "hour", "day", "month"],
  [OWN_METRIC.kind]: ["agent", "llm", "tool", "retrieval", "mcp", "infra", "evaluation", "system"],
  [OWN_METRIC.category]: [
    "timeout",
    "rate_limit",
    "validation_error",
    "provider_error",
    "internal_error",
    "unknown",
    ...GUARDRAIL_CATEGORIES,
  ],
};
