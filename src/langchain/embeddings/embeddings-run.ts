import { context } from "@opentelemetry/api";

import type { EmbeddingsRequest, ModelResponse, RunEnd } from "../../operation.ts";
import type { Ending } from "../ending.ts";
import { OpenRun } from "../open-run.ts";
import { reportedElsewhere } from "../other-instrumentation.ts";
import type { RunTracer } from "../run-tracer.ts";
import { openUnreported } from "../unreported-run.ts";
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

/** Opens a request for embeddings, of which LangChain tells nobody. */
export function startEmbeddings(
  tracer: RunTracer,
  embeddings: object,
  asked: EmbeddingsRequest,
): EmbeddingsRun | undefined {
  if (!tracer.active) return undefined;
  const request = { ...asked, reportedElsewhere: reportedElsewhere(tracer, embeddings, asked) };
  return openUnreported(tracer, request, context.active(), (parts) => new EmbeddingsRun(parts));
}
