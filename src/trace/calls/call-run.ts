import type { Ending } from "../../langchain/ending.ts";
import { OpenRun, type OpenRunParts } from "../../langchain/open-run.ts";
import type { EmbeddingsRequest, ModelRequest, ModelResponse, RunEnd } from "../../operation.ts";
import { decisionOf } from "../gate-decision.ts";
import { Answer } from "./answer.ts";
import { input, output } from "./content.ts";
import { type PlannedCall, UNKNOWN_PROVIDER } from "./request.ts";

/** A call of an application's own function that is under way. */
export class CallRun extends OpenRun {
  readonly #answer: Answer | undefined;
  #chunks = 0;
  #firstChunkAt = 0;
  #lastChunkAt = 0;

  constructor(parts: OpenRunParts, { shape, request }: PlannedCall) {
    super(parts);
    if (request.kind !== "model" && request.kind !== "embeddings") return;
    const provider = request.provider === UNKNOWN_PROVIDER ? undefined : request.provider;
    this.#answer = new Answer(shape, provider, parts.span?.reading);
  }

  /** What it is called with. */
  called(planned: PlannedCall, args: readonly unknown[]): void {
    this.say(input(planned, args));
  }

  /** A value of a stream or an iterator. */
  chunk(value: unknown): void {
    if (this.#answer === undefined || !this.isOpen) return;
    this.guard.run("reading a chunk", () => {
      this.#arrived();
      this.#answer?.chunk(value);
    });
  }

  /** It has ended well. */
  returned(value: unknown): void {
    this.guard.run("reading a result", () => this.#answer?.whole(value));
    this.#refine();
    this.say(output(this.request?.kind, value, this.#answer));
    this.succeed(() => this.#said(value));
  }

  protected override finish(
    ending: Ending | Pick<RunEnd, "outcome">,
    more: () => Partial<RunEnd> = () => ({}),
  ): void {
    if (this.#answer === undefined) return super.finish(ending, more);
    // Of a call that was left or failed, what had come by then.
    if (ending.outcome !== "ok") this.say(output(this.request?.kind, undefined, this.#answer));
    const streamed = this.#chunks > 0;
    const timing = { streamed, timeToFirstChunk: streamed ? this.#firstChunkAt : undefined };
    super.finish({ ...ending, ...timing }, () => ({ ...more(), response: this.#response() }));
  }

  #said(value: unknown): Partial<RunEnd> {
    if (this.kind === "gate") return { decision: decisionOf({ guard: this.guard }, value) };
    if (this.kind !== "retriever") return {};
    return { documents: Array.isArray(value) ? value.length : undefined };
  }

  /** Runs of models below it have been counted already. */
  #response(): ModelResponse | undefined {
    const said = this.#answer?.response;
    if (said === undefined) return undefined;
    const { embeddings: _, provider: __, ...response } = said;
    return this.rollUp.end.totals !== undefined ? { ...response, usage: undefined } : response;
  }

  /** What the arguments have left open, the answer may tell: who it is from, and that it is no conversation. */
  #refine(): void {
    const { request } = this;
    const { shape, response: said } = this.#answer ?? {};
    if (shape === undefined || (request?.kind !== "model" && request?.kind !== "embeddings"))
      return;
    const provider =
      request.provider === UNKNOWN_PROVIDER
        ? (said?.provider ?? shape.providerName({}))
        : request.provider;
    const isEmbeddings = said?.embeddings === true;
    if (provider === request.provider && isEmbeddings === (request.kind === "embeddings")) return;
    this.become(isEmbeddings ? embeddingsOf({ ...request, provider }) : { ...request, provider });
  }

  #arrived(): void {
    const at = this.span?.elapsed() ?? 0;
    this.#chunks += 1;
    if (this.#chunks === 1) this.#firstChunkAt = at;
    else this.span?.chunk(at - this.#lastChunkAt);
    this.#lastChunkAt = at;
  }
}

// --- internal ---

function embeddingsOf(request: ModelRequest | EmbeddingsRequest): EmbeddingsRequest {
  const { runId, conversationId, agentName, association, provider, model, server } = request;
  const { spanName, attributes } = request;
  const common = { runId, conversationId, agentName, association, spanName, attributes };
  return { kind: "embeddings", provider, model, server, ...common };
}
