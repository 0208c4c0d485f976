import type { SpanRow } from "./span-row.ts";

/** Spans of one trace that are to be printed together. */
export interface TracePart {
  readonly traceId: string;
  readonly rows: readonly SpanRow[];
  /** `continued`: a part of this trace was printed before. `unfinished`: the span at the top has not ended yet. */
  readonly note: "continued" | "unfinished" | undefined;
}

/** How much is kept at most. */
export interface OpenTracesLimits {
  readonly maxTraces: number;
  readonly maxSpans: number;
  readonly maxSpansPerTrace: number;
}

/**
 * Keeps spans until the one at their top has ended: children end, and are exported, before their parents.
 *
 * A trace is not forgotten when it was printed: spans that come later still find that their parent was. Whatever goes
 * over a limit is printed as it is, nothing is dropped.
 */
export class OpenTraces {
  readonly #limits: OpenTracesLimits;
  /** In order of last use. */
  readonly #traces = new Map<string, OpenTrace>();
  #waiting = 0;

  constructor(limits: Partial<OpenTracesLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Takes ended spans and gives back what is complete now. */
  add(rows: readonly SpanRow[]): TracePart[] {
    for (const row of rows) {
      this.#use(row.traceId).waiting.add(row);
      this.#waiting += 1;
    }
    return [...rows.flatMap((row) => this.#completedBy(row)), ...this.#overLimit(rows)];
  }

  /** Gives back everything that waits. */
  drain(): TracePart[] {
    return [...this.#traces].flatMap(([traceId, trace]) => this.#takeAll(traceId, trace));
  }

  // --- internal ---

  #use(traceId: string): OpenTrace {
    const trace = this.#traces.get(traceId) ?? { waiting: new Set(), printed: new Set() };
    this.#traces.delete(traceId);
    this.#traces.set(traceId, trace);
    return trace;
  }

  #completedBy(row: SpanRow): TracePart[] {
    const trace = this.#traces.get(row.traceId);
    // Not in `waiting`: it was printed with its parent, which came in the same batch.
    if (trace === undefined || !trace.waiting.has(row)) return [];
    const complete = row.top || row.parentId === undefined || trace.printed.has(row.parentId);
    return complete
      ? this.#take(row.traceId, trace, withDescendants(row, trace.waiting), undefined)
      : [];
  }

  #overLimit(added: readonly SpanRow[]): TracePart[] {
    const parts: TracePart[] = [];
    for (const { traceId } of added) {
      const trace = this.#traces.get(traceId);
      if (trace !== undefined && trace.waiting.size > this.#limits.maxSpansPerTrace) {
        parts.push(...this.#takeAll(traceId, trace));
      }
    }
    for (const [traceId, trace] of this.#traces) {
      if (this.#traces.size <= this.#limits.maxTraces && this.#waiting <= this.#limits.maxSpans)
        break;
      parts.push(...this.#takeAll(traceId, trace));
      this.#traces.delete(traceId);
    }
    return parts;
  }

  #takeAll(traceId: string, trace: OpenTrace): TracePart[] {
    return trace.waiting.size === 0
      ? []
      : this.#take(traceId, trace, [...trace.waiting], "unfinished");
  }

  #take(traceId: string, trace: OpenTrace, rows: SpanRow[], note: TracePart["note"]): TracePart[] {
    const continued = trace.printed.size > 0;
    for (const row of rows) {
      trace.waiting.delete(row);
      trace.printed.add(row.spanId);
    }
    this.#waiting -= rows.length;
    for (const spanId of trace.printed) {
      if (trace.printed.size <= this.#limits.maxSpansPerTrace) break;
      trace.printed.delete(spanId);
    }
    return [{ traceId, rows, note: note ?? (continued ? "continued" : undefined) }];
  }
}

const DEFAULT_LIMITS: OpenTracesLimits = {
  maxTraces: 1_000,
  maxSpans: 20_000,
  maxSpansPerTrace: 1_000,
};

interface OpenTrace {
  readonly waiting: Set<SpanRow>;
  /** Ids of spans that were printed. */
  readonly printed: Set<string>;
}

function withDescendants(top: SpanRow, waiting: ReadonlySet<SpanRow>): SpanRow[] {
  const byParent = new Map<string | undefined, SpanRow[]>();
  for (const row of waiting) {
    const siblings = byParent.get(row.parentId);
    if (siblings === undefined) byParent.set(row.parentId, [row]);
    else siblings.push(row);
  }
  const found = new Set([top]);
  // A set can be added to while it is walked, and takes a row that is in a circle of parents only once.
  for (const row of found) for (const child of byParent.get(row.spanId) ?? []) found.add(child);
  return [...found];
}
