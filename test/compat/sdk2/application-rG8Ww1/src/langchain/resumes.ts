import type { SpanContext } from "@opentelemetry/api";

/** Enough for the approvals that wait in one process; the oldest are forgotten, and their resumes have no link. */
const MOST = 1000;

/** Remembers interrupted runs, so that the run that goes on can point to the one that waited. */
export class Resumes {
  readonly #waiting = new Map<string, SpanContext>();

  interrupted(checkpointId: string, span: SpanContext): void {
    this.#waiting.delete(checkpointId);
    this.#waiting.set(checkpointId, span);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** The span that waited. It may be resumed again, from the same checkpoint. */
  resumed(checkpointId: string): SpanContext | undefined {
    return this.#waiting.get(checkpointId);
  }
}

const KEY = Symbol.for("langchain-otel.resumes/1");

/** Those of the process: the handler that sees the answer may not be the one that saw the question. */
export function resumes(): Resumes {
  const shared = globalThis as { [KEY]?: Resumes };
  return (shared[KEY] ??= new Resumes());
}
