import { type Context, context, ROOT_CONTEXT } from "@opentelemetry/api";

import type { RunRequest } from "../operation.ts";

/** A run that has started and not ended. Holds no messages and no serialized objects. */
export interface Run {
  readonly id: string;
  readonly kind: RunRequest["kind"] | "hidden";
  /** The context of whatever the run itself does. */
  readonly context: Context;
  /** The run whose span is the active one in there: itself, or for a run without a span the next one above. */
  readonly owner: Run | undefined;
  /** Milliseconds of the steady clock. */
  readonly startedAt: number;
  /** Ends it without a result: it is too old, or there are too many. */
  abandon(): void;
}

/** Bounds of the registry; those of the caller that opens a run. */
export interface RunLimits {
  readonly maxRuns: number;
  readonly runTtlMs: number;
}

/**
 * The open runs, by LangChain's run id. LangChain does not promise that a run ends: a stream that nobody reads on has
 * no end event. So the map has a cap and a time to live, oldest first: checked whenever a run opens, and by a timer where
 * a timer does not keep the process alive (on edge runtimes there is none).
 */
export class RunRegistry {
  readonly #runs = new Map<string, Run>();
  readonly #left = new Map<string, Run>();
  readonly #ended = new Map<string, Run>();
  readonly #atEnd = new Set<() => void>();
  #ttlMs = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #hasTimers = true;

  get size(): number {
    return this.#runs.size;
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  open(run: Run, { maxRuns, runTtlMs }: RunLimits): void {
    this.#sweep(run.startedAt - runTtlMs, maxRuns - 1);
    this.#runs.set(run.id, run);
    if (this.#hasTimers && (runTtlMs < this.#ttlMs || this.#timer === undefined))
      this.#sweepIn(runTtlMs, runTtlMs);
  }

  /**
   * The run of that id as a parent: one that was left, too, below which LangGraph goes on starting others, and one that
   * has ended, which may have begun what it did not wait for.
   */
  parent(id: string): Run | undefined {
    return this.#runs.get(id) ?? this.#left.get(id) ?? this.#ended.get(id);
  }

  /** Its end is ours, and not LangChain's, which may go on. The last ones are kept. */
  leave(run: Run): void {
    keepLast(this.#left, run, MOST_LEFT);
  }

  /** Takes the run out, when it is still this one. The last ones are kept, as parents. */
  close(run: Run): boolean {
    // Below a model call nothing starts.
    if (run.kind !== "model") keepLast(this.#ended, run, MOST_ENDED);
    return this.#runs.get(run.id) === run && this.#runs.delete(run.id);
  }

  /** Ends all runs that are open: the process, or the telemetry in it, is about to end, and they would be lost. */
  abandonAll(): void {
    this.#sweep(Number.POSITIVE_INFINITY, 0);
    for (const end of this.#atEnd) end();
  }

  /**
   * Has something else ended with all runs: what may live on for any time, and among many. Of too many the oldest is
   * ended.
   *
   * @returns what to call when it has ended before
   */
  atEnd(end: () => void): () => void {
    const [oldest] = this.#atEnd;
    if (this.#atEnd.size >= MOST_LASTING && oldest !== undefined) {
      this.#atEnd.delete(oldest);
      oldest();
    }
    this.#atEnd.add(end);
    return () => void this.#atEnd.delete(end);
  }

  /** One timer for all: it is set again, for the oldest, when it has gone off. */
  #sweepIn(ms: number, ttlMs: number): void {
    this.#ttlMs = ttlMs;
    clearTimeout(this.#timer);
    const sweep = (): void => {
      this.#timer = undefined;
      this.#sweep(performance.now() - ttlMs, Number.POSITIVE_INFINITY);
      const [oldest] = this.#runs.values();
      if (oldest === undefined) this.#ttlMs = Number.POSITIVE_INFINITY;
      else this.#sweepIn(oldest.startedAt + ttlMs - performance.now(), ttlMs);
    };
    // A timer keeps the context it is set in: not that of some request, for an hour.
    this.#timer = context.with(ROOT_CONTEXT, () => timerAside(sweep, ms));
    this.#hasTimers = this.#timer !== undefined;
  }

  /** A Map iterates in the order of insertion, so the first runs are the oldest. */
  #sweep(startedBefore: number, keep: number): void {
    for (const run of this.#runs.values()) {
      if (run.startedAt >= startedBefore && this.#runs.size <= keep) return;
      this.#runs.delete(run.id);
      run.abandon();
    }
  }
}

const KEY = Symbol.for("langchain-otel.runs/1");

/**
 * The one registry of the process. On `globalThis`, because this package can be loaded twice (two versions, two
 * folders) and a handler of one copy must know the runs of the other: one span per run.
 */
export function runRegistry(): RunRegistry {
  const shared = globalThis as { [KEY]?: RunRegistry };
  return (shared[KEY] ??= new RunRegistry());
}

// --- internal ---

type Timer = ReturnType<typeof setTimeout>;

const MOST_LEFT = 200;
const MOST_ENDED = 1000;
const MOST_LASTING = 10_000;

/** The longest that a timer waits; longer is at once. */
const LONGEST = 2 ** 31 - 1;

function keepLast(runs: Map<string, Run>, run: Run, most: number): void {
  runs.delete(run.id);
  runs.set(run.id, run);
  const [oldest] = runs.keys();
  if (runs.size > most && oldest !== undefined) runs.delete(oldest);
}

/** A timer that does not keep the process alive; none where there are no such timers. */
function timerAside(fn: () => void, ms: number): Timer | undefined {
  const timer = setTimeout(fn, Math.min(Math.max(ms, 1), LONGEST));
  // In browsers and on edge runtimes it is a number.
  const { unref } = Object(timer) as { unref?: () => unknown };
  if (typeof unref === "function") {
    unref.call(timer);
    return timer;
  }
  clearTimeout(timer);
  return undefined;
}
