import { badOption } from "../../options.ts";
import type { CapturedTrace } from "../capture/captured-trace.ts";
import { MOST_SPANS } from "../capture/span-recorder.ts";
import type { TraceCollector } from "./trace-collector.ts";

export interface InMemoryCollectorOptions {
  /** How many traces are kept; of more, the oldest go. @default 10_000 */
  readonly maxTraces?: number | undefined;
}

/** Which traces are listed. */
export interface TraceFilter {
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  /** @default 20 */
  readonly limit?: number | undefined;
}

/** Keeps the last traces in this process. */
export class InMemoryCollector implements TraceCollector {
  readonly #maxTraces: number;
  /** In the order in which they came. */
  readonly #traces = new Map<string, CapturedTrace>();

  /** @throws TypeError for a `maxTraces` that is no whole number above 0 */
  constructor({ maxTraces = 10_000 }: InMemoryCollectorOptions = {}) {
    if (!Number.isSafeInteger(maxTraces) || maxTraces < 1)
      throw badOption("maxTraces", "a whole number above 0", maxTraces);
    this.#maxTraces = maxTraces;
  }

  get size(): number {
    return this.#traces.size;
  }

  /** What comes of a trace that is there already is added to it. */
  collect(trace: CapturedTrace): void {
    const known = this.#traces.get(trace.trace_id);
    this.#traces.delete(trace.trace_id);
    this.#traces.set(trace.trace_id, known === undefined ? trace : joined(known, trace));
    const [oldest] = this.#traces.keys();
    if (this.#traces.size > this.#maxTraces && oldest !== undefined) this.#traces.delete(oldest);
  }

  get(traceId: string): CapturedTrace | undefined {
    return this.#traces.get(traceId);
  }

  /** The newest first. */
  list({ agent, session, limit = 20 }: TraceFilter = {}): CapturedTrace[] {
    const found: CapturedTrace[] = [];
    for (const trace of [...this.#traces.values()].toReversed()) {
      if (found.length >= limit) break;
      if (agent !== undefined && trace.agent !== agent) continue;
      if (session !== undefined && trace.session !== session) continue;
      found.push(trace);
    }
    return found;
  }

  clear(): void {
    this.#traces.clear();
  }
}

// --- internal ---

/** Of a span that was open the first time and has ended since, the later one counts. */
function joined(known: CapturedTrace, more: CapturedTrace): CapturedTrace {
  const spans = new Map([...known.spans, ...more.spans].map((span) => [span.span_id, span]));
  return { ...more, ...known, spans: [...spans.values()].slice(0, MOST_SPANS) };
}
