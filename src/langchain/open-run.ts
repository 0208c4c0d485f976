import type { Context, SpanContext } from "@opentelemetry/api";

import type { Failure, RunEnd, RunRequest, Usage } from "../operation.ts";
import { EVENT } from "../semconv/own.ts";
import type { Guard } from "../telemetry/guard.ts";
import type { RunSpan } from "../telemetry/run-span.ts";
import { type Ending, endingOf } from "./ending.ts";
import { withRun } from "./run-context.ts";
import type { Run, RunRegistry } from "./run-registry.ts";

export interface OpenRunParts {
  readonly id: string;
  /** Absent for a run that has no span: its children stand where it would. */
  readonly request: RunRequest | undefined;
  readonly span: RunSpan | undefined;
  /** The context it started in. */
  readonly startedIn: Context;
  readonly parent: OpenRun | undefined;
  readonly registry: RunRegistry;
  readonly guard: Guard;
  readonly signal: AbortSignal | undefined;
  /** The start callback's arguments: they tell a handler registered twice from a run id used twice. */
  readonly identity: object | undefined;
  /** Told when it has ended. */
  readonly onEnd?: ((run: OpenRun) => void) | undefined;
}

/** A run of any kind, from its start to its one end. */
export class OpenRun implements Run {
  readonly id: string;
  readonly kind: Run["kind"];
  readonly context: Context;
  readonly owner: Run | undefined;
  readonly parent: OpenRun | undefined;
  readonly startedAt: number = performance.now();
  readonly request: RunRequest | undefined;
  /** The signal that can abort it, where it is known. */
  signal: AbortSignal | undefined;
  protected readonly guard: Guard;
  protected readonly span: RunSpan | undefined;
  readonly #registry: RunRegistry;
  readonly #identity: WeakRef<object> | undefined;
  readonly #onEnd: ((run: OpenRun) => void) | undefined;
  #totals: { inputTokens: number; outputTokens: number } | undefined;
  /** A run below it timed out; the rest then looks like an abort. */
  #timedOut: Failure | undefined;
  #interrupted = false;
  #ended = false;

  constructor(parts: OpenRunParts) {
    this.id = parts.id;
    this.request = parts.request;
    this.kind = parts.request?.kind ?? "hidden";
    this.parent = parts.parent;
    this.span = parts.span;
    this.signal = parts.signal;
    this.guard = parts.guard;
    this.owner = parts.span === undefined ? parts.parent?.owner : this;
    this.context = parts.span === undefined ? parts.startedIn : withRun(parts.span.context, this);
    this.#registry = parts.registry;
    this.#identity = parts.identity === undefined ? undefined : new WeakRef(parts.identity);
    this.#onEnd = parts.onEnd;
  }

  /** The same start again, from a second handler of ours. */
  isCopyOf(identity: object | undefined): boolean {
    return identity !== undefined && this.#identity?.deref() === identity;
  }

  /** @param more what is known of the result */
  succeed(more: () => Partial<RunEnd> = () => ({})): void {
    this.finish({ outcome: this.#interrupted ? "interrupted" : "ok" }, more);
  }

  fail(error: unknown): void {
    const ending = this.guard.run("reading an error", () => endingOf(error, this.signal));
    this.finish(
      this.#corrected(ending ?? { outcome: "error", failure: { type: "_OTHER", message: "" } }),
    );
  }

  /** Its consumer left it: by itself, or because the signal told it to. */
  leave(): void {
    if (this.signal?.aborted === true) this.fail(this.signal.reason);
    else this.finish({ outcome: "cancelled" });
  }

  abandon(): void {
    this.finish({ outcome: "abandoned" });
  }

  /** The agent that it belongs to, or is. */
  get agentName(): string | undefined {
    return this.request?.agentName ?? this.parent?.agentName;
  }

  get spanContext(): SpanContext | undefined {
    return this.span?.spanContext;
  }

  /** It goes on from a run that waited. */
  linkTo(waited: SpanContext): void {
    this.span?.addLink({ context: waited });
  }

  /** It has not failed, and is not done either: a person is asked. */
  markInterrupted(): void {
    this.#interrupted = true;
  }

  /** LangGraph waits for a person. */
  interrupt(count: number): void {
    this.markInterrupted();
    this.span?.addEvent(EVENT.interrupt, { "langgraph.interrupt.count": count });
  }

  /** Adds a model call's tokens to this run and all above it. */
  addTokens({ inputTokens = 0, outputTokens = 0 }: Usage): void {
    this.#totals ??= { inputTokens: 0, outputTokens: 0 };
    this.#totals.inputTokens += inputTokens;
    this.#totals.outputTokens += outputTokens;
    this.parent?.addTokens({ inputTokens, outputTokens });
  }

  /** Ends it, once. */
  protected finish(
    ending: Ending | Pick<RunEnd, "outcome">,
    more: () => Partial<RunEnd> = () => ({}),
  ): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#registry.close(this);
    this.#onEnd?.(this);
    const known = this.guard.run("reading a result", more);
    if (known?.response?.usage !== undefined) this.parent?.addTokens(known.response.usage);
    if (
      "failure" in ending &&
      ending.failure?.type === "TimeoutError" &&
      this.parent !== undefined
    ) {
      this.parent.#timedOut = ending.failure;
    }
    this.span?.end({ totals: this.#totals, ...known, ...ending });
  }

  #corrected(ending: Ending): Ending {
    if (ending.outcome !== "cancelled" || this.#timedOut === undefined) return ending;
    return { outcome: "error", failure: this.#timedOut };
  }
}
