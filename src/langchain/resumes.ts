import type { SpanContext } from "@opentelemetry/api";

/** Enough for the approvals that wait in one process; the oldest are forgotten, and their resumes have no link. */
const MOST = 1000;

/** Where a graph waits. */
export interface WaitingPlace {
  readonly checkpointId: string | undefined;
  /** The graph and its conversation; absent where they are not known. */
  readonly thread: string | undefined;
}

/** Remembers interrupted runs, so that the run that goes on can point to the one that waited. */
export class Resumes {
  readonly #waiting = new Map<string, SpanContext>();
  /** Of a state that is edited before it is gone on with, there is another checkpoint, of which nobody tells. */
  readonly #threads = new Map<string, SpanContext>();

  interrupted({ checkpointId, thread }: WaitingPlace, span: SpanContext | undefined): void {
    if (span === undefined) return;
    keep(this.#waiting, checkpointId, span);
    keep(this.#threads, thread, span);
  }

  /** The span that waited. It may be resumed again, from the same checkpoint. */
  resumed({ checkpointId, thread }: WaitingPlace): SpanContext | undefined {
    return this.#waiting.get(checkpointId ?? "") ?? this.#threads.get(thread ?? "");
  }

  /** The graph is through: what comes next in that conversation goes on from nothing. */
  done(thread: string | undefined): void {
    this.#threads.delete(thread ?? "");
  }
}

const KEY = Symbol.for("langchain-otel.resumes/2");

/** Those of the process: the handler that sees the answer may not be the one that saw the question. */
export function resumes(): Resumes {
  const shared = globalThis as { [KEY]?: Resumes };
  return (shared[KEY] ??= new Resumes());
}

// --- internal ---

function keep(map: Map<string, SpanContext>, key: string | undefined, span: SpanContext): void {
  if (key === undefined) return;
  map.delete(key);
  map.set(key, span);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
