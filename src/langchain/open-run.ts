import type { Context, SpanContext } from "@opentelemetry/api";

import type { CaptureMode } from "../content/capture.ts";
import type { ReadContent } from "../content/content-policy.ts";
import type { Association, Failure, RunEnd, RunRequest } from "../operation.ts";
import { EVENT } from "../semconv/own.ts";
import type { Guard } from "../telemetry/guard.ts";
import type { RunSpan } from "../telemetry/run-span.ts";
import type { RunTelemetry } from "../telemetry/run-telemetry.ts";
import { AbortsBelow, abortsOf } from "./aborts-below.ts";
import { reportCall } from "./call-report.ts";
import { type Ending, endingOf, isReasonOf } from "./ending.ts";
import { field } from "./read.ts";
import { RollUp } from "./roll-up.ts";
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
  /** An agent or a graph that no other is above. */
  readonly isTopmost?: boolean;
  /** Told when it has ended. */
  readonly onEnd?: ((run: OpenRun) => void) | undefined;
}

/** A run of any kind, from its start to its one end. */
export class OpenRun implements Run {
  readonly id: string;
  kind: Run["kind"];
  readonly context: Context;
  readonly owner: Run | undefined;
  readonly parent: OpenRun | undefined;
  readonly startedAt: number = performance.now();
  request: RunRequest | undefined;
  /** The signal that can abort it, where it is known. */
  signal: AbortSignal | undefined;
  readonly #abortsBelow = new AbortsBelow();
  protected readonly guard: Guard;
  protected readonly span: RunSpan | undefined;
  readonly #registry: RunRegistry;
  readonly #identity: WeakRef<object> | undefined;
  readonly #onEnd: ((run: OpenRun) => void) | undefined;
  /** What the runs below it come to. */
  readonly rollUp: RollUp;
  /** A run below it timed out. */
  #timedOut: Failure | undefined;
  #interrupted = false;
  /** What is right below it has stopped to wait for a person. */
  #waitsBelow = false;
  readonly #isTopmost: boolean;
  #ended = false;

  constructor(parts: OpenRunParts) {
    this.id = parts.id;
    this.request = parts.request;
    this.kind = parts.request?.kind ?? "hidden";
    this.parent = parts.parent;
    this.span = parts.span;
    this.guard = parts.guard;
    this.owner = parts.span === undefined ? parts.parent?.owner : this;
    this.context = parts.span === undefined ? parts.startedIn : withRun(parts.span.context, this);
    this.#registry = parts.registry;
    this.#identity = parts.identity === undefined ? undefined : new WeakRef(parts.identity);
    this.#onEnd = parts.onEnd;
    this.#isTopmost = parts.isTopmost === true;
    this.abortableBy(parts.signal);
    const above = this.parent?.rollUp;
    this.rollUp = new RollUp(above);
    if (parts.request?.kind === "model") above?.inferenceCall(parts.request.provider);
    if (parts.request?.kind === "tool") above?.toolCall();
  }

  /** Chains may fail with the signal's reason without having been told of the signal, and before what is below them. */
  abortableBy(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    this.signal ??= signal;
    this.parent?.isAbove(this);
    abortsOf(this.context)?.add(this);
  }

  /** Tells it, and all above it, of a run below that a signal can abort. */
  isAbove(abortable: OpenRun): void {
    this.#abortsBelow.add(abortable);
    this.parent?.isAbove(abortable);
  }

  /** The same start again, from a second handler of ours. */
  isCopyOf(identity: object | undefined): boolean {
    return identity !== undefined && this.#identity?.deref() === identity;
  }

  /** @param more what is known of the result */
  succeed(more: () => Partial<RunEnd> = () => ({})): void {
    // Before LangGraph 1.4 nobody says so: a graph that waits for a person ends as if all were well.
    if (this.#waitsBelow && isGraph(this.kind)) this.interrupt();
    this.finish({ outcome: this.#interrupted ? "interrupted" : "ok" }, more);
  }

  fail(error: unknown): void {
    const ending = this.guard.run("reading an error", () =>
      endingOf(error, this.#signalFor(error)),
    );
    if (isInterrupt(error)) this.parent?.childWaits();
    this.finish(
      this.#corrected(ending ?? { outcome: "error", failure: { type: "_OTHER", message: "" } }),
    );
  }

  /** Its consumer left it: by itself, or because the signal told it to. */
  leave(): void {
    if (!this.#ended) this.#registry.leave(this);
    if (this.signal?.aborted === true) this.fail(this.signal.reason);
    else this.finish({ outcome: "cancelled" });
  }

  abandon(): void {
    if (!this.#ended) this.#registry.leave(this);
    this.finish({ outcome: "abandoned" });
  }

  /** The agent that it belongs to, or is. */
  get agentName(): string | undefined {
    // An agent without a name is not the one above it either.
    return this.request === undefined ? this.parent?.agentName : this.request.agentName;
  }

  /** It is an agent, or is below one. */
  get isInAgent(): boolean {
    return this.kind === "agent" || this.parent?.isInAgent === true;
  }

  /** The conversation that it belongs to. */
  get conversationId(): string | undefined {
    return this.request?.conversationId ?? this.parent?.conversationId;
  }

  /** Whose run it is. */
  get association(): Association | undefined {
    return this.request === undefined ? this.parent?.association : this.request.association;
  }

  /** What went in or came out. Read only where content is captured. */
  say(read: ReadContent): void {
    if (!this.#ended) this.span?.say(read);
  }

  /** What was decided on content for it, or for the nearest run above that has a span. */
  get capture(): CaptureMode | undefined {
    return this.span?.capture ?? this.parent?.capture;
  }

  /** How it is written, and what is below it. */
  get telemetry(): RunTelemetry | undefined {
    return this.span?.telemetry ?? this.parent?.telemetry;
  }

  get spanContext(): SpanContext | undefined {
    return this.span?.spanContext;
  }

  /** It goes on from a run that waited. */
  linkTo(waited: SpanContext | undefined): void {
    if (waited !== undefined) this.span?.addLink({ context: waited });
  }

  /** What it is was not to be seen at its start. */
  become(request: RunRequest): void {
    this.request = request;
    this.kind = request.kind;
    this.span?.become(request);
  }

  /** It has not failed, and is not done either: LangGraph waits for a person. */
  interrupt(count?: number): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    const attributes = count === undefined ? {} : { "langgraph.interrupt.count": count };
    this.span?.addEvent(EVENT.interrupt, attributes);
  }

  get waits(): boolean {
    return this.#interrupted;
  }

  /** The graph and the conversation that can go on from where it waits; absent for what is below a graph. */
  get thread(): string | undefined {
    const { request, conversationId } = this;
    if (!this.#isTopmost || request === undefined || conversationId === undefined) return undefined;
    const name = request.kind === "workflow" ? request.name : request.agentName;
    return JSON.stringify([name, conversationId]);
  }

  childWaits(): void {
    this.#waitsBelow = true;
  }

  /** The rest then looks like an abort. */
  childTimedOut(failure: Failure): void {
    this.#timedOut = failure;
  }

  get isOpen(): boolean {
    return !this.#ended;
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
    // An agent's sum is of what its models read and wrote, as the conventions have it; embeddings have no part in it.
    if (this.kind === "model" && known?.response?.usage !== undefined)
      this.parent?.rollUp.tokens(known.response.usage);
    const cost = this.span?.costOf(known?.response);
    if (cost !== undefined) this.parent?.rollUp.cost(cost);
    this.#report({ outcome: ending.outcome, response: known?.response, cost });
    if (
      "failure" in ending &&
      ending.failure?.type === "TimeoutError" &&
      ending.outcome === "error"
    ) {
      this.parent?.childTimedOut(ending.failure);
    }
    this.span?.end({
      ...this.rollUp.end,
      cost,
      isTopmost: this.#isTopmost,
      ...known,
      ...ending,
      ...(ending.outcome === "ok" && isBlocked(known) ? { outcome: "blocked" } : {}),
    });
  }

  /** To whoever keeps what calls cost. */
  #report(end: Pick<RunEnd, "outcome" | "response" | "cost">): void {
    const { request } = this;
    const ledger = this.span?.telemetry.ledger;
    if (ledger === undefined || (request?.kind !== "model" && request?.kind !== "embeddings"))
      return;
    this.guard.run("recording a call", () =>
      reportCall(ledger, this, request, end, performance.now() - this.startedAt),
    );
  }

  #signalFor(error: unknown): AbortSignal | undefined {
    const known = this.signal ?? this.#abortsBelow.signalFor(error);
    return known?.aborted === true ? known : (this.#signalAbove(error) ?? known);
  }

  /** It may listen to the signal of a run above without having been called with it. */
  #signalAbove(error: unknown): AbortSignal | undefined {
    for (let run = this.parent; run !== undefined; run = run.parent)
      if (isReasonOf(run.signal, error)) return run.signal;
    return undefined;
  }

  #corrected(ending: Ending): Ending {
    if (ending.outcome !== "cancelled" || this.#timedOut === undefined) return ending;
    // It is known why, and it is not that time-out, which somebody has handled.
    if (this.signal?.aborted === true) return ending;
    return { outcome: "error", failure: this.#timedOut };
  }
}

// --- internal ---

function isGraph(kind: Run["kind"]): boolean {
  return kind === "agent" || kind === "workflow";
}

/** It ended well, and with an answer that is none, or that is no. */
function isBlocked(known: Partial<RunEnd> | undefined): boolean {
  if (known?.decision?.verdict === "blocked") return true;
  return known?.guardrail?.violations.some(({ action }) => action === "blocked") === true;
}

/** Not every error that bubbles up: a command to the parent graph waits for nobody. */
function isInterrupt(error: unknown): boolean {
  return field(error, "is_bubble_up") === true && Array.isArray(field(error, "interrupts"));
}
