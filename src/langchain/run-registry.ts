import type { Context } from "@opentelemetry/api";

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
 * no end event. So the map has a cap and a time to live, checked whenever a run opens, oldest first.
 */
export class RunRegistry {
  readonly #runs = new Map<string, Run>();

  get size(): number {
    return this.#runs.size;
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  open(run: Run, { maxRuns, runTtlMs }: RunLimits): void {
    this.#sweep(run.startedAt - runTtlMs, maxRuns - 1);
    this.#runs.set(run.id, run);
  }

  /** Takes the run out, when it is still this one. */
  close(run: Run): boolean {
    return this.#runs.get(run.id) === run && this.#runs.delete(run.id);
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
