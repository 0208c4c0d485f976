import { commonParameters, modelCall } from "../langchain/model-call.ts";
import { providerFor } from "../langchain/providers/index.ts";
import { count, field, fields } from "../langchain/read.ts";
import type { ModelRequest } from "../operation.ts";

/** Which model would be asked, as far as its price goes. */
export type AskedModel = Pick<
  ModelRequest,
  "provider" | "model" | "maxTokens" | "choiceCount" | "serviceTier"
>;

/**
 * The model in a runnable that hands its own input to one: a model, one that tools or options are bound to, or a
 * sequence that begins with one. Read as for its span.
 */
export function askedModel(runnable: unknown): AskedModel | undefined {
  const { model, options } = innermost(runnable);
  const ask = (method: string): unknown => {
    const asked = field(model, method);
    return typeof asked === "function" ? asked.call(model, options) : undefined;
  };
  const metadata = fields(ask("getLsParams"));
  if (metadata["ls_provider"] === undefined && typeof field(model, "_llmType") !== "function") {
    return undefined;
  }
  const call = modelCall({
    serialized: { id: field(model, "lc_id"), kwargs: field(model, "lc_kwargs") },
    extraParams: { invocation_params: ask("invocationParams") },
    metadata,
    tags: undefined,
    model,
  });
  const provider = providerFor(call);
  const request = { ...commonParameters(call), ...provider.request?.(call) };
  return {
    provider: provider.providerName(call),
    model: request.model,
    maxTokens: count(request.maxTokens),
    choiceCount: count(request.choiceCount),
    serviceTier: request.serviceTier,
  };
}

// --- internal ---

const DEEPEST = 16;

function innermost(runnable: unknown): { model: unknown; options: object } {
  let [model, options] = [runnable, {}];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const steps = field(model, "steps");
    const inner = field(model, "bound") ?? (Array.isArray(steps) ? steps[0] : undefined);
    if (inner === undefined) break;
    options = { ...fields(field(model, "kwargs")), ...options };
    model = inner;
  }
  return { model, options };
}
