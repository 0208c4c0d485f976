import { field, fields } from "../../langchain/read.ts";
import { serverOf } from "../../langchain/server.ts";
import type { RunRequest } from "../../operation.ts";
import { paramsAmong, shapeOfParams } from "../shapes/index.ts";
import type { Shape, ShapeCall } from "../shapes/shape.ts";
import type { CallPlan } from "./plan.ts";

/** A call that is about to be made. */
export interface PlannedCall {
  readonly request: RunRequest;
  /** Whose request it is, where the client or the arguments tell. */
  readonly shape?: Shape | undefined;
  readonly asked?: ShapeCall | undefined;
}

/** What nobody has said. */
export const UNKNOWN_PROVIDER = "unknown";

/** @returns `undefined` for a method of a provider's client that asks no model */
export function plannedCall(plan: CallPlan, args: readonly unknown[]): PlannedCall | undefined {
  const { name, spanName, attributes, agentName, conversationId } = plan;
  const common = { spanName, attributes, agentName, conversationId };
  switch (plan.kind) {
    case "llm":
      return llmCall(plan, args, common);
    case "agent":
      return { request: { kind: "agent", ...common, agentName: agentName ?? name } };
    case "tool":
      return { request: { kind: "tool", name, description: plan.description, ...common } };
    case "retrieval":
      return { request: { kind: "retriever", source: name, ...common } };
    case "gate":
      return { request: { kind: "gate", name, ...common } };
    case "infra":
    case "trace":
      return { request: { kind: plan.kind, name, outside: plan.outside, ...common } };
  }
}

// --- internal ---

type Common = Pick<RunRequest, "spanName" | "attributes" | "agentName" | "conversationId">;

function llmCall(
  plan: CallPlan,
  args: readonly unknown[],
  common: Common,
): PlannedCall | undefined {
  const params = plan.client === undefined ? paramsAmong(args) : fields(args[0]);
  const shape = plan.client?.shape ?? (params && shapeOfParams(params));
  const client = fields(plan.client?.client);
  const { provider } = plan;
  const call = { client, provider, method: plan.client?.path ?? "", params: params ?? {}, args };
  const asked = shape?.request(call);
  // A client can do more than ask models.
  if (plan.client !== undefined && asked === undefined) return undefined;
  const isKnown = asked !== undefined && shape !== undefined;
  const request = {
    ...(asked ?? { kind: "model", operation: "chat", model: modelOf(params) }),
    provider: provider ?? (isKnown ? shape.providerName(client) : UNKNOWN_PROVIDER),
    server: plan.client === undefined ? undefined : serverOf(shape?.endpoint?.(client)),
    ...common,
  } as const;
  const model = plan.model ?? request.model;
  return { request: { ...request, model }, shape, asked: isKnown ? call : undefined };
}

/** Of a provider that nobody knows, the model is known where it is called so. */
function modelOf(params: unknown): string | undefined {
  const model = field(params, "model");
  return typeof model === "string" && model !== "" ? model.slice(0, 128) : undefined;
}
