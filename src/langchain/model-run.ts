import type { Context } from "@opentelemetry/api";

import type { ModelRequest, ModelResponse } from "../operation.ts";
import type { Guard } from "../telemetry/guard.ts";
import type { ModelSpan } from "../telemetry/model-span.ts";
import { type Ending, endingOf } from "./ending.ts";
import { commonResponse, hasAnswer, modelResult } from "./model-result.ts";
import type { Provider } from "./providers/provider.ts";
import { fields } from "./read.ts";
import type { Run, RunRegistry } from "./run-registry.ts";
import { noteEvent, noteUsage, streamNotes } from "./stream-notes.ts";

export interface ModelRunParts {
  readonly id: string;
  readonly request: ModelRequest;
  readonly provider: Provider;
  readonly span: ModelSpan;
  readonly registry: RunRegistry;
  readonly guard: Guard;
  readonly signal: AbortSignal | undefined;
  /** The start callback's arguments: they tell a handler registered twice from a run id used twice. */
  readonly identity: object | undefined;
}

/** An open model call: its span, when its chunks came, and how to end it exactly once. */
export class ModelRun implements Run {
  readonly kind = "model";
  readonly id: string;
  readonly startedAt: number = performance.now();
  readonly request: ModelRequest;
  readonly #provider: Provider;
  readonly #span: ModelSpan;
  readonly #registry: RunRegistry;
  readonly #guard: Guard;
  readonly #signal: AbortSignal | undefined;
  readonly #notes = streamNotes();
  readonly #identity: WeakRef<object> | undefined;
  #copies = 1;
  #callbacks = 0;
  #firstChunkAt = 0;
  #lastChunkAt = 0;
  #watched = false;
  #ended = false;

  constructor({ id, request, provider, span, registry, guard, signal, identity }: ModelRunParts) {
    this.id = id;
    this.request = request;
    this.#provider = provider;
    this.#span = span;
    this.#registry = registry;
    this.#guard = guard;
    this.#signal = signal;
    this.#identity = identity === undefined ? undefined : new WeakRef(identity);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get context(): Context {
    return this.#span.context;
  }

  /** The same start again, from a second handler of ours: that one's chunks are not counted. */
  isCopyOf(identity: object | undefined): boolean {
    const same = identity !== undefined && this.#identity?.deref() === identity;
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
    if (this.#signal?.aborted === true && !hasAnswer(output)) return this.fail(this.#signal.reason);
    const cached = fields(extraParams)["cached"] === true;
    this.#end({ outcome: "ok" }, output, cached);
  }

  fail(error: unknown): void {
    const ending = this.#guard.run("reading an error", () => endingOf(error, this.#signal));
    this.#end(ending ?? { outcome: "error", failure: { type: "_OTHER", message: "" } });
  }

  /** The consumer left the stream: by itself, or because the signal told it to. */
  leave(): void {
    if (this.#signal?.aborted === true) this.fail(this.#signal.reason);
    else this.#end({ outcome: "cancelled" });
  }

  abandon(): void {
    this.#end({ outcome: "abandoned" });
  }

  /**
   * An aborted stream may end without any callback. LangChain's own error callback, where it comes, knows more; and a
   * call that has not begun to answer always has one.
   */
  readonly #onAbort = (): void => {
    if (this.#notes.chunks > 0) setTimeout(() => this.fail(this.#signal?.reason), 0);
  };

  #end(ending: Ending | { outcome: "ok" | "abandoned" }, output?: unknown, cached = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#registry.close(this);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    // One chunk alone proves no stream: some packages report a whole answer by one callback.
    const streamed = this.#notes.chunks > (this.#watched ? 0 : 1);
    this.#span.end({
      ...ending,
      streamed,
      timeToFirstChunk: streamed ? this.#firstChunkAt : undefined,
      response:
        output === undefined
          ? undefined
          : this.#guard.run("reading a response", () => this.#response(output, cached)),
    });
  }

  #response(output: unknown, cached: boolean): ModelResponse {
    const result = modelResult(output);
    const common = commonResponse(result, this.#notes);
    const response = this.#provider.response?.(common, result, this.#notes) ?? common;
    // What a cached message carries belongs to the call that was made once, long ago.
    return cached ? { ...response, id: undefined, usage: undefined, cached } : response;
  }

  #isFirstHandler(): boolean {
    return this.#callbacks++ % this.#copies === 0 && !this.#watched;
  }

  #chunk(message: unknown): void {
    try {
      this.#arrived();
      noteUsage(this.#notes, fields(message)["usage_metadata"]);
    } catch (fault) {
      this.#guard.report("recording a chunk", fault);
    }
  }

  #event(event: unknown): void {
    try {
      if (noteEvent(this.#notes, fields(event))) this.#arrived();
    } catch (fault) {
      this.#guard.report("recording a stream event", fault);
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
