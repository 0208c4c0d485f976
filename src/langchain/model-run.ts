import type { ModelRequest, RunEnd } from "../operation.ts";
import type { RunSpan } from "../telemetry/run-span.ts";
import { modelOutput } from "./content/model-content.ts";
import type { Ending } from "./ending.ts";
import { finishReasonOf } from "./messages/answers.ts";
import { PartialAnswer } from "./messages/partial-answer.ts";
import { commonResponse, hasAnswer, modelResult } from "./model-result.ts";
import { OpenRun, type OpenRunParts } from "./open-run.ts";
import { contentFilterIntervention } from "./providers/content-filter.ts";
import type { Provider } from "./providers/provider.ts";
import { fields } from "./read.ts";
import { noteEvent, noteUsage, streamNotes } from "./stream-notes.ts";

export interface ModelRunParts extends OpenRunParts {
  readonly request: ModelRequest;
  readonly span: RunSpan;
  readonly provider: Provider;
}

/** An open model call: when its chunks came, and how to read its answer. */
export class ModelRun extends OpenRun {
  readonly #provider: Provider;
  readonly #span: RunSpan;
  readonly #notes = streamNotes();
  #copies = 1;
  #callbacks = 0;
  #firstChunkAt = 0;
  #lastChunkAt = 0;
  #watched = false;
  /** Of a stream, where content is captured. */
  readonly #partial: PartialAnswer | undefined;
  #answered = false;

  constructor(parts: ModelRunParts) {
    super(parts);
    this.#provider = parts.provider;
    this.#span = parts.span;
    this.#partial = parts.span.reading && new PartialAnswer(parts.span.reading);
    parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** That second handler's chunks are not counted. */
  override isCopyOf(identity: object | undefined): boolean {
    const same = super.isCopyOf(identity);
    if (same) this.#copies += 1;
    return same;
  }

  /** A message chunk by callback. All handlers of ours get it, one after the other. */
  chunkByCallback(message: unknown): void {
    if (this.#isFirstHandler()) this.#chunk(message);
  }

  eventByCallback(event: unknown): void {
    if (this.#isFirstHandler()) this.#event(event);
  }

  /**
   * Its stream is read by us from now on; callbacks no longer count. `false` when somebody reads it already: a stream
   * can be made of another.
   */
  watch(): boolean {
    const first = !this.#watched;
    this.#watched = true;
    return first;
  }

  /** A message chunk of the watched stream. */
  chunkByStream(message: unknown): void {
    this.#chunk(message);
  }

  eventByStream(event: unknown): void {
    this.#event(event);
  }

  end(output: unknown, extraParams?: unknown): void {
    // Some models end an aborted call as if nothing had happened, with nothing.
    if (this.signal?.aborted === true && !hasAnswer(output)) return this.fail(this.signal.reason);
    this.#say(output);
    const cached = fields(extraParams)["cached"] === true;
    this.succeed(() => this.#answer(output, cached));
  }

  protected override finish(
    ending: Ending | Pick<RunEnd, "outcome">,
    more: () => Partial<RunEnd> = () => ({}),
  ): void {
    this.signal?.removeEventListener("abort", this.#onAbort);
    // One chunk alone proves no stream: some packages report a whole answer by one callback.
    const streamed = this.#notes.chunks > (this.#watched ? 0 : 1);
    // Of a call that failed, what had come by then.
    if (!this.#answered) this.#sayPartial("error");
    const timing = { streamed, timeToFirstChunk: streamed ? this.#firstChunkAt : undefined };
    super.finish({ ...ending, ...timing }, more);
  }

  /** Streams of events are reported without what they said. */
  #say(output: unknown): void {
    this.#answered = true;
    if (this.#notes.events) this.#sayPartial(finishReasonOf(output) ?? "unknown");
    else this.say(modelOutput(output));
  }

  #sayPartial(finishReason: string): void {
    const partial = this.#partial;
    if (partial === undefined) return;
    this.say(() => {
      const answer = partial.answer(finishReason);
      return answer === undefined ? {} : { outputMessages: [answer] };
    });
  }

  #answer(output: unknown, cached: boolean): Pick<RunEnd, "response" | "guardrail"> {
    const result = modelResult(output);
    const common = commonResponse(result, this.#notes);
    const response = this.#provider.response?.(common, result, this.#notes) ?? common;
    // What a cached message carries belongs to the call that was made once, long ago.
    if (cached) return { response: { ...response, id: undefined, usage: undefined, cached } };
    const { intervention = contentFilterIntervention } = this.#provider;
    return { response, guardrail: intervention(response, result) };
  }

  /**
   * An aborted stream may end without any callback. LangChain's own error callback, where it comes, knows more; and a
   * call that has not begun to answer always has one.
   */
  readonly #onAbort = (): void => {
    if (this.#notes.chunks > 0) setTimeout(() => this.fail(this.signal?.reason), 0);
  };

  #isFirstHandler(): boolean {
    return this.#callbacks++ % this.#copies === 0 && !this.#watched;
  }

  #chunk(message: unknown): void {
    try {
      this.#arrived();
      noteUsage(this.#notes, fields(message)["usage_metadata"]);
      this.#partial?.chunk(message);
    } catch (fault) {
      this.guard.report("recording a chunk", fault);
    }
  }

  #event(event: unknown): void {
    try {
      if (noteEvent(this.#notes, fields(event))) this.#arrived();
      this.#partial?.event(fields(event));
    } catch (fault) {
      this.guard.report("recording a stream event", fault);
    }
  }

  #arrived(): void {
    const at = this.#span.elapsed();
    this.#notes.chunks += 1;
    if (this.#notes.chunks === 1) this.#firstChunkAt = at;
    else this.#span.chunk(at - this.#lastChunkAt);
    this.#lastChunkAt = at;
  }
}
