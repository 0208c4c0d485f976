/** How much may wait at most. */
export interface UndecidedLimits {
  readonly maxTraces: number;
  readonly maxSpansPerTrace: number;
  /** Milliseconds, from a trace's first span on. */
  readonly traceTtlMs: number;
}

/** A trace of which nothing is known yet that would keep it. */
export interface UndecidedTrace {
  readonly traceId: string;
  /** How long its first span has been open, in milliseconds; absent when that has ended. */
  readonly openForMs: number | undefined;
}

/**
 * Keeps the ended spans of traces that are not complete. A trace is complete, as far as this process can know, when a
 * span at its top has ended and none is open: work may outlive the request that it was begun in.
 */
export class UndecidedTraces<Span> {
  readonly #limits: UndecidedLimits;
  /** The oldest first. */
  readonly #traces = new Map<string, Trace<Span>>();
  #waiting = 0;

  constructor(limits: UndecidedLimits) {
    this.#limits = limits;
  }

  has(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  start(traceId: string, spanId: string): void {
    this.#trace(traceId, spanId).open.add(spanId);
  }

  /**
   * @param isTop whether no span above it is of this process
   * @returns whether the trace is complete now
   */
  end(traceId: string, spanId: string, isTop: boolean, span: Span): boolean {
    const trace = this.#trace(traceId, undefined);
    trace.open.delete(spanId);
    trace.waiting.push(span);
    trace.topEnded ||= isTop;
    this.#waiting += 1;
    return trace.topEnded && trace.open.size === 0;
  }

  /** Takes a trace out, and answers its spans that wait, in the order of their ends. */
  take(traceId: string): readonly Span[] {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return [];
    this.#traces.delete(traceId);
    this.#waiting -= trace.waiting.length;
    return trace.waiting;
  }

  /** All traces, the oldest first. */
  *all(): Generator<UndecidedTrace> {
    for (const [traceId, trace] of this.#traces) yield undecided(traceId, trace);
  }

  /** A trace that can wait no longer: this one, if it is too large, or the oldest, if it is too old or all are too many. */
  overLimit(traceId: string): UndecidedTrace | undefined {
    const trace = this.#traces.get(traceId);
    if (
      trace !== undefined &&
      trace.waiting.length + trace.open.size > this.#limits.maxSpansPerTrace
    )
      return undecided(traceId, trace);
    for (const [oldestId, oldest] of this.#traces) {
      const isOver =
        this.#traces.size > this.#limits.maxTraces ||
        this.#waiting > MOST_WAITING ||
        performance.now() - oldest.since >= this.#limits.traceTtlMs;
      return isOver ? undecided(oldestId, oldest) : undefined;
    }
    return undefined;
  }

  #trace(traceId: string, first: string | undefined): Trace<Span> {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      const since = performance.now();
      trace = { waiting: [], open: new Set(), first, since, topEnded: false };
      this.#traces.set(traceId, trace);
    }
    return trace;
  }
}

// --- internal ---

/** Spans of all traces together: some ten thousand bytes each, with what was said to a model on them. */
const MOST_WAITING = 20_000;

interface Trace<Span> {
  readonly waiting: Span[];
  /** Ids of spans that have started. */
  readonly open: Set<string>;
  readonly first: string | undefined;
  /** On the steady clock. */
  readonly since: number;
  topEnded: boolean;
}

function undecided(traceId: string, { open, first, since }: Trace<unknown>): UndecidedTrace {
  const isOpen = first !== undefined && open.has(first);
  return { traceId, openForMs: isOpen ? performance.now() - since : undefined };
}
