import type { Intervention, ModelRequest, ModelResponse } from "../../operation.ts";
import type { ModelCall } from "../model-call.ts";
import type { ModelResult } from "../model-result.ts";
import type { StreamNotes } from "../stream-notes.ts";

/**
 * What is particular to one provider, or to one LangChain package for it. To add a provider, write one such object in
 * a file of its own and name it in `index.ts`. Everything is optional but who it is: without a correction, what all
 * packages agree on is used.
 */
export interface Provider {
  /** Values of LangChain's `ls_provider` that mean this provider. */
  readonly lsProviders: readonly string[];
  /** Classes that mean it, for text models (which have no `ls_provider`) and for packages that leave it out. */
  readonly classNames: readonly string[];
  /** The value of `gen_ai.provider.name`. */
  readonly providerName: (call: ModelCall) => string;
  /** Its API takes the instructions of a system message apart from the conversation. */
  readonly instructionsApart?: boolean;
  /** Base address of the requests, as a URL or `host[:port]`. */
  readonly endpoint?: (call: ModelCall) => string | undefined;
  /** Corrects or adds to what was read of the request. */
  readonly request?: (call: ModelCall) => Partial<ModelRequest>;
  /** Corrects or adds to what was read of the response. */
  readonly response?: (
    response: ModelResponse,
    result: ModelResult,
    notes: StreamNotes,
  ) => ModelResponse;
  /** What its guardrail or filter did, by the answer. @default the finish reason `content_filter` */
  readonly intervention?: (
    response: ModelResponse,
    result: ModelResult,
  ) => Intervention | undefined;
}
