import { expect } from "vitest";

import { runRegistry } from "../../src/langchain/run-registry.ts";
import type { TestSpanProcessor, TestTelemetry } from "../../src/testing/index.ts";

/** Counts how often each span is ended: the SDK itself lets a second end pass with a warning. */
export class EndCounter implements TestSpanProcessor {
  readonly #ends = new Map<object, number>();

  /** How many spans have been started. */
  get started(): number {
    return this.#ends.size;
  }

  /** The numbers of ends that spans have had, each number once: `[1]` when all is well. */
  counts(): number[] {
    return [...new Set(this.#ends.values())].toSorted();
  }

  reset(): void {
    this.#ends.clear();
  }

  onStart(span: object): void {
    const ends = this.#ends;
    const own = span as { end: (...args: unknown[]) => void };
    const end = own.end;
    ends.set(own, 0);
    own.end = (...args) => {
      ends.set(own, (ends.get(own) ?? 0) + 1);
      end.apply(own, args);
    };
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** `name: outcome`, with the error's type, of each span, in the order of their names. */
export function endings(telemetry: TestTelemetry): string[] {
  return telemetry
    .spans()
    .map(({ name, attributes, status }) => {
      const outcome = String(attributes["langchain.run.outcome"] ?? "ok");
      const type = attributes["error.type"];
      // Only an error is red, and whatever is red says of what type it is.
      expect([name, status.code]).toEqual([name, outcome === "error" ? 2 : 0]);
      expect([name, type !== undefined]).toEqual([name, outcome === "error"]);
      return `${name}: ${outcome}${type === undefined ? "" : ` ${String(type)}`}`;
    })
    .toSorted();
}

/** Waits until no run is open. Turns of the event loop, not time; gives up after many. */
export async function allEnded(turns = 200): Promise<void> {
  for (let turn = 0; runRegistry().size > 0 && turn < turns; turn++) await nextTurn();
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

/** How a reader leaves a stream with its first chunk in hand. */
export const leaving: readonly (readonly [how: string, leave: Leave])[] = [
  [
    "breaks out of it",
    async (stream) => {
      for await (const _ of await stream) break;
    },
  ],
  [
    "throws",
    async (stream) => {
      const reading = async (): Promise<void> => {
        for await (const _ of await stream) throw new SyntaxError("the reader broke");
      };
      await expect(reading()).rejects.toThrow("the reader broke");
    },
  ],
];

type Leave = (stream: Promise<AsyncIterable<unknown>>) => Promise<void>;

/** What the metrics say of how runs ended: `metric status` and how many. */
export async function counted(telemetry: TestTelemetry): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const metric of await telemetry.metrics()) {
    if (!COUNTERS.has(metric.name)) continue;
    for (const point of metric.points) {
      const { attributes } = point;
      const value = "value" in point ? point.value : undefined;
      if (value === undefined) throw new Error(`${metric.name} is no counter`);
      const key = `${metric.name} ${String(attributes["status"] ?? "")}`.trim();
      counts[key] = (counts[key] ?? 0) + value;
    }
  }
  return counts;
}

// --- internal ---

const COUNTERS = new Set([
  "langchain.llm.calls",
  "langchain.agent.runs",
  "langchain.tool.calls",
  "langchain.retrieval.calls",
  "langchain.sessions.active",
]);
