import { context } from "@opentelemetry/api";

import type { EmbeddingsRequest, ModelResponse, RunEnd } from "../../operation.ts";
import { RunSpan } from "../../telemetry/run-span.ts";
import type { Ending } from "../ending.ts";
import { OpenRun } from "../open-run.ts";
import { reportedElsewhere } from "../other-instrumentation.ts";
import { runOf } from "../run-context.ts";
import { withoutHolder } from "../run-holder.ts";
import { runRegistry } from "../run-registry.ts";
import type { RunTracer } from "../run-tracer.ts";
import type { EmbeddingsAnswer } from "./family.ts";

/** An open request for embeddings, which may take several requests to the provider. */
export class EmbeddingsRun extends OpenRun {
  #inputTokens: number | undefined;
  #uncounted = false;
  #model: string | undefined;

  /** One of the provider's answers. */
  answered({ inputTokens, model }: EmbeddingsAnswer): void {
    this.#model ??= model;
    if (inputTokens === undefined) this.#uncounted = true;
    else this.#inputTokens = (this.#inputTokens ?? 0) + inputTokens;
  }

  protected override finish(ending: Ending | Pick<RunEnd, "outcome">): void {
    super.finish(ending, () => ({ response: this.#response() }));
  }

  /** One answer without a count, and the sum is unknown. */
  #response(): ModelResponse | undefined {
    const inputTokens = this.#uncounted ? undefined : this.#inputTokens;
    if (inputTokens === undefined && this.#model === undefined) return undefined;
    return {
      model: this.#model,
      usage: inputTokens === undefined ? undefined : { inputTokens },
    };
  }
}

/** Opens a request for embeddings. LangChain tells of none: it belongs to the run in whose context it is made. */
export function startEmbeddings(
  tracer: RunTracer,
  embeddings: object,
  asked: EmbeddingsRequest,
): EmbeddingsRun | undefined {
  const { active, guard, options, telemetry } = tracer;
  if (!active) return undefined;
  const registry = runRegistry();
  const startedIn = withoutHolder(context.active());
  const parent = runOf(startedIn) as OpenRun | undefined;
  const request: EmbeddingsRequest = {
    ...asked,
    conversationId: parent?.conversationId ?? options.conversationId,
    agentName: parent?.agentName ?? options.agentName,
    reportedElsewhere: reportedElsewhere(tracer, embeddings, asked),
  };
  const run = new EmbeddingsRun({
    id: crypto.randomUUID(),
    request,
    parent,
    startedIn,
    span: new RunSpan(telemetry, request, startedIn),
    registry,
    guard,
    signal: undefined,
    identity: undefined,
  });
  registry.open(run, options);
  return run;
}
