import { type Context, type SpanContext, TraceFlags } from "@opentelemetry/api";

import { badOption } from "../options.ts";
import { Guard } from "../telemetry/guard.ts";
import { ProviderSource } from "../telemetry/provider-source.ts";
import { isInteresting, type JudgedSpan } from "./interest.ts";
import {
  type KeepInterestingSpanProcessorOptions,
  type ResolvedKeepInterestingOptions,
  resolveKeepInterestingOptions,
} from "./keep-interesting-options.ts";
import { RecentIds } from "./recent-ids.ts";
import { type DropReason, SamplingCounters } from "./sampling-counters.ts";
import { isInRatio } from "./trace-ratio.ts";
import { type UndecidedTrace, UndecidedTraces } from "./undecided-traces.ts";

/** What the processor reads of the SDK's span. */
export interface SampledSpan extends JudgedSpan {
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
}

/** The SpanProcessor of SDK 2 and SDK 3 that gets what is kept. */
export interface NextSpanProcessor {
  onStart(span: SampledSpan, parentContext: Context): void;
  onEnding?(span: SampledSpan): void;
  onEnd(span: SampledSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * A SpanProcessor that samples in the process, by whole traces, and when it is known how they went: it keeps the share
 * `ratio` of them, and always those in which something failed (a span's status is ERROR), was blocked, slow or expensive.
 * Metrics are not its business: they count everything.
 *
 * ```ts
 * const exporting = new BatchSpanProcessor({ exporter });
 * new NodeSDK({
 *   spanProcessors: [
 *     new BenignErrorSpanProcessor(),
 *     new KeepInterestingSpanProcessor(exporting, { ratio: 0.1, minDurationMs: 10_000, minCostUsd: 0.5 }),
 *   ],
 * });
 * ```
 *
 * - A trace that is in the ratio, or has a span that is interesting, is handed to `next` from then on without delay, with
 *   what was waiting. The others wait until they are complete: a span at the top has ended (one without a parent, or
 *   whose parent is of another process) and no span is open. Then they are dropped.
 * - Spans that start when their trace was complete follow it, so that no trace is kept in part. A new span at the top, when
 *   a process is asked for a second time within one trace, is decided anew with all below it, unless the trace was kept.
 * - Each process decides for itself. The ratio chooses the same traces everywhere; that one was interesting is only known
 *   where it was.
 * - Bounds (`maxTraces`, `maxSpansPerTrace`, `traceTtlMs`, and 20,000 spans in all) decide the oldest trace, or the one
 *   too large, by what is known of it. What becomes interesting after that is kept from there on: of such a trace a part
 *   is missing, whose spans are counted with the reason `backpressure`.
 * - A trace whose first span has been open for `minDurationMs` is slow, whether it ever ends or not: where a bound, a flush
 *   or the shutdown looks at it, it is kept.
 *
 * Other processors stand beside it, in any order, with OpenTelemetry SDK 2.3 and later; with SDK 2.0 to 2.2, those that
 * change spans stand before it. It counts `langchain.spans.sampled` and `langchain.spans.dropped` ({span}; attribute
 * `reason`: `sampling`, `backpressure`). Spans that a sampler wants recorded but not exported are handed on uncounted.
 */
export class KeepInterestingSpanProcessor {
  readonly #next: NextSpanProcessor;
  readonly #options: ResolvedKeepInterestingOptions;
  readonly #undecided: UndecidedTraces<SampledSpan>;
  /** Traces that were interesting. */
  readonly #kept: RecentIds;
  /** Traces that were complete and dropped. */
  readonly #dropped: RecentIds;
  /** Traces that a bound has dropped before they were complete. */
  readonly #cut: RecentIds;
  readonly #counters: SamplingCounters;
  readonly #guard = new Guard();
  #stopped: Promise<void> | undefined;

  /**
   * @param next gets every start, and the ends of what is kept; a BatchSpanProcessor for example
   * @throws TypeError when `next` is no SpanProcessor, for an unknown option or a wrong value
   */
  constructor(next: NextSpanProcessor, options: KeepInterestingSpanProcessorOptions = {}) {
    if (!isSpanProcessor(next)) throw badOption("next", "a SpanProcessor", next);
    this.#next = next;
    this.#options = resolveKeepInterestingOptions(options);
    const { maxTraces, meterProvider, metricPrefix } = this.#options;
    this.#undecided = new UndecidedTraces(this.#options);
    this.#kept = new RecentIds(maxTraces * REMEMBERED);
    this.#dropped = new RecentIds(maxTraces * REMEMBERED);
    this.#cut = new RecentIds(maxTraces * REMEMBERED);
    const source = new ProviderSource({ meterProvider });
    this.#counters = new SamplingCounters(() => source.meter(), metricPrefix);
  }

  onStart(span: SampledSpan, parentContext: Context): void {
    if (this.#stopped !== undefined) return;
    this.#guard.run(GUARDED, () => this.#started(span));
    this.#guard.run(NEXT, () => this.#next.onStart(span, parentContext));
  }

  /** SDK 2.3 and later: `next` may change the span now and no more later, whether it is kept or not. */
  onEnding(span: SampledSpan): void {
    if (this.#stopped !== undefined) return;
    this.#guard.run(NEXT, () => this.#next.onEnding?.(span));
  }

  onEnd(span: SampledSpan): void {
    if (this.#stopped !== undefined) return;
    this.#guard.run(GUARDED, () => this.#ended(span));
  }

  /**
   * Hands on what is slow by now, and flushes `next`, whose failure it is when this rejects. Other traces go on waiting:
   * they may still fail, and whatever is known to be kept was handed on already.
   */
  async forceFlush(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    this.#guard.run(GUARDED, () => {
      for (const trace of this.#undecided.all()) {
        if (this.#isSlowByNow(trace)) this.#keep(trace.traceId);
      }
    });
    await this.#next.forceFlush();
  }

  /** Decides what waits and shuts `next` down, whose failure it is when this rejects. */
  shutdown(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#guard.run(GUARDED, () => {
      for (const trace of this.#undecided.all()) this.#decide(trace, this.#dropped, "sampling");
    });
    await this.#next.shutdown();
  }

  #started(span: SampledSpan): void {
    const { traceId, spanId, traceFlags } = span.spanContext();
    if (!isSampled(traceFlags) || this.#isKept(traceId) || this.#cut.has(traceId)) return;
    if (this.#isOver(traceId) && !isTop(span)) return;
    this.#undecided.start(traceId, spanId);
    this.#decideOverLimit(traceId);
  }

  #ended(span: SampledSpan): void {
    const { traceId, spanId, traceFlags } = span.spanContext();
    if (!isSampled(traceFlags)) this.#guard.run(NEXT, () => this.#next.onEnd(span));
    else if (this.#isKept(traceId)) this.#handOn([span]);
    else if (this.#isOver(traceId)) this.#drop(1, "sampling");
    else if (isInteresting(span, this.#options)) this.#keep(traceId, span);
    else if (this.#cut.has(traceId)) this.#drop(1, "backpressure");
    else if (this.#undecided.end(traceId, spanId, isTop(span), span)) {
      this.#dropped.add(traceId);
      this.#drop(this.#undecided.take(traceId).length, "sampling");
    } else this.#decideOverLimit(traceId);
  }

  #isKept(traceId: string): boolean {
    return isInRatio(traceId, this.#options.ratio) || this.#kept.has(traceId);
  }

  /** Whether the trace was complete and was dropped, and has not begun anew. */
  #isOver(traceId: string): boolean {
    return this.#dropped.has(traceId) && !this.#undecided.has(traceId) && !this.#cut.has(traceId);
  }

  #decideOverLimit(traceId: string): void {
    for (;;) {
      const trace = this.#undecided.overLimit(traceId);
      if (trace === undefined) return;
      this.#decide(trace, this.#cut, "backpressure");
    }
  }

  /** Before it is complete. */
  #decide(trace: UndecidedTrace, dropped: RecentIds, reason: DropReason): void {
    if (this.#isSlowByNow(trace)) return this.#keep(trace.traceId);
    dropped.add(trace.traceId);
    this.#drop(this.#undecided.take(trace.traceId).length, reason);
  }

  #isSlowByNow({ openForMs }: UndecidedTrace): boolean {
    const { minDurationMs } = this.#options;
    return minDurationMs !== undefined && openForMs !== undefined && openForMs >= minDurationMs;
  }

  #keep(traceId: string, ...last: readonly SampledSpan[]): void {
    this.#kept.add(traceId);
    this.#handOn([...this.#undecided.take(traceId), ...last]);
  }

  #handOn(spans: readonly SampledSpan[]): void {
    for (const span of spans) this.#guard.run(NEXT, () => this.#next.onEnd(span));
    if (spans.length > 0) this.#guard.run(COUNTING, () => this.#counters.sampled(spans.length));
  }

  #drop(spans: number, reason: DropReason): void {
    if (spans > 0) this.#guard.run(COUNTING, () => this.#counters.dropped(spans, reason));
  }
}

// --- internal ---

const GUARDED = "KeepInterestingSpanProcessor";
const NEXT = `what is behind ${GUARDED}`;
const COUNTING = `counting in ${GUARDED}`;

/** Decisions that are remembered, of each kind, for each trace that may wait: an id is small beside a trace. */
const REMEMBERED = 10;

function isSpanProcessor(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const methods = value as Record<string, unknown>;
  return ["onStart", "onEnd", "forceFlush", "shutdown"].every(
    (name) => typeof methods[name] === "function",
  );
}

/** Whether no span above it comes this way: it has no parent, or one of another process, or one that is not sampled. */
function isTop({ parentSpanContext: parent }: SampledSpan): boolean {
  return parent === undefined || parent.isRemote === true || !isSampled(parent.traceFlags);
}

function isSampled(traceFlags: number): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
