import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { CallbackMethods } from "../../../src/langchain/callbacks.ts";
import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";
import { counted, EndCounter } from "../../support/ended-runs.ts";

let telemetry: TestTelemetry;
const counter = new EndCounter();

beforeAll(() => {
  telemetry = createTestTelemetry({ spanProcessors: [counter] });
});
afterEach(() => {
  telemetry.reset();
  counter.reset();
});
afterAll(() => telemetry.shutdown());

type Kind =
  | "chat"
  | "text"
  | "tool"
  | "retriever"
  | "agent"
  | "graph"
  | "node"
  | "chain"
  | "hidden";
type End = "ok" | "error" | "aborted" | "interrupted" | "timed out" | "never";

/** A run that starts, and how it ends. */
interface PlannedRun {
  readonly kind: Kind;
  /** Which of the runs before it is its parent; none of them: a root, or below a run that nobody knows. */
  readonly parent: number;
  readonly end: End;
  /** When it ends, among all events; before its children or after them. */
  readonly endsAt: number;
  readonly isStartedTwice: boolean;
  readonly isEndedTwice: boolean;
}

const plannedRun: fc.Arbitrary<PlannedRun> = fc.record({
  kind: fc.constantFrom<Kind>(
    "chat",
    "text",
    "tool",
    "retriever",
    "agent",
    "graph",
    "node",
    "chain",
    "hidden",
  ),
  parent: fc.integer({ min: -2, max: 30 }),
  end: fc.constantFrom<End>("ok", "error", "aborted", "interrupted", "timed out", "never"),
  endsAt: fc.integer({ min: 0, max: 60 }),
  isStartedTwice: fc.boolean(),
  isEndedTwice: fc.boolean(),
});

const ROOT = -1;
const UNKNOWN = -2;

/** Index of the parent among the runs before this one. */
function parentOf(runs: readonly PlannedRun[], at: number): number {
  const { parent } = runs[at] as PlannedRun;
  if (parent < 0) return parent;
  return at === 0 ? ROOT : parent % at;
}

/** Fires a run's callbacks, as LangChain does. */
class Driver {
  readonly #handler: CallbackMethods;

  constructor(handler: OpenTelemetryCallbackHandler) {
    this.#handler = handler as unknown as CallbackMethods;
  }

  start(kind: Kind, id: string, parent: string | undefined, serialized: object): void {
    const handler = this.#handler;
    const tags = kind === "hidden" ? ["langsmith:hidden"] : kind === "node" ? ["graph:step:3"] : [];
    const metadata: Record<string, unknown> = { run: id };
    switch (kind) {
      case "chat":
        return handler.handleChatModelStart(
          serialized,
          [[]],
          id,
          parent,
          serialized,
          tags,
          metadata,
        );
      case "text":
        return handler.handleLLMStart(serialized, ["hi"], id, parent, serialized, tags, metadata);
      case "tool":
        return handler.handleToolStart(serialized, "{}", id, parent, tags, metadata, id);
      case "retriever":
        return handler.handleRetrieverStart(serialized, "q", id, parent, tags, metadata, id);
      case "agent":
        metadata["ls_integration"] = "langchain_create_agent";
        metadata["lc_agent_name"] = id;
        break;
      case "node":
        metadata["langgraph_node"] = id;
        break;
      default:
    }
    handler.handleChainStart(serialized, {}, id, parent, tags, metadata, undefined, id);
  }

  end(kind: Kind, id: string, end: End): void {
    const handler = this.#handler;
    if (end === "never") return;
    const error = end === "ok" ? undefined : ERRORS[end]();
    switch (kind) {
      case "chat":
      case "text":
        if (error !== undefined) return handler.handleLLMError(error, id);
        return handler.handleLLMEnd({ generations: [[{ text: "hi" }]] }, id);
      case "tool":
        return error === undefined
          ? handler.handleToolEnd("3", id)
          : handler.handleToolError(error, id);
      case "retriever":
        return error === undefined
          ? handler.handleRetrieverEnd([], id)
          : handler.handleRetrieverError(error, id);
      default:
        return error === undefined
          ? handler.handleChainEnd({}, id)
          : handler.handleChainError(error, id);
    }
  }
}

const ERRORS: Readonly<Record<Exclude<End, "ok" | "never">, () => unknown>> = {
  error: () => new RangeError("it broke"),
  aborted: () => new DOMException("This operation was aborted", "AbortError"),
  interrupted: () => Object.assign(new Error("wait"), { is_bubble_up: true }),
  "timed out": () => new DOMException("It took too long", "TimeoutError"),
};

const CLASSES: Partial<Record<Kind, string>> = {
  agent: "CompiledStateGraph",
  graph: "CompiledStateGraph",
};

interface Observed {
  readonly id: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parent: string | undefined;
}

let plans = 0;

/** Makes the runs happen, interleaved as planned, and says what spans there are. */
function happen(runs: readonly PlannedRun[]): Map<string, Observed> {
  plans += 1;
  const name = (at: number): string => `plan ${plans} run ${at}`;
  const driver = new Driver(new OpenTelemetryCallbackHandler({ chains: "all" }));
  const end = (at: number): void => {
    const { kind, end: how, isEndedTwice } = runs[at] as PlannedRun;
    driver.end(kind, name(at), how);
    if (isEndedTwice) driver.end(kind, name(at), "ok");
  };
  const due = new Map<number, number[]>();
  runs.forEach(({ kind, isStartedTwice, endsAt }, at) => {
    const parent = parentOf(runs, at);
    const parentId = parent === ROOT ? undefined : parent === UNKNOWN ? "nobody" : name(parent);
    const serialized = { id: ["test", CLASSES[kind] ?? "Thing"] };
    driver.start(kind, name(at), parentId, serialized);
    // The same start by a second handler of ours.
    if (isStartedTwice) driver.start(kind, name(at), parentId, serialized);
    const when = Math.max(at, endsAt);
    due.set(when, [...(due.get(when) ?? []), at]);
    for (const ended of due.get(at) ?? []) end(ended);
    due.delete(at);
  });
  for (const [, ended] of [...due].toSorted(([a], [b]) => a - b)) ended.forEach(end);
  runRegistry().abandonAll();

  const observed = new Map<string, Observed>();
  for (const span of telemetry.spans()) {
    const id = String(span.attributes["langchain.run.id"]);
    const { spanId, traceId } = span.spanContext();
    expect(observed.has(id)).toBe(false);
    observed.set(id, { id, spanId, traceId, parent: parentSpanId(span) });
  }
  // A hidden run has none.
  const visible = runs.flatMap(({ kind }, at) => (kind === "hidden" ? [] : [name(at)]));
  expect([...observed.keys()].toSorted()).toEqual(visible.toSorted());

  runs.forEach(({ kind }, at) => {
    if (kind === "hidden") return;
    const span = observed.get(name(at));
    const above = visibleAncestor(runs, at);
    const parent = above === undefined ? undefined : observed.get(name(above));
    // Also of a child that started when its parent had ended: it stays in the trace.
    if (parent !== undefined && span?.parent !== undefined)
      expect([span.parent, span.traceId]).toEqual([parent.spanId, parent.traceId]);
  });
  return observed;
}

function parentSpanId(span: object): string | undefined {
  const { parentSpanContext, parentSpanId: old } = span as {
    parentSpanContext?: { spanId: string };
    parentSpanId?: string;
  };
  return parentSpanContext?.spanId ?? old;
}

/** The next run above that has a span. */
function visibleAncestor(runs: readonly PlannedRun[], at: number): number | undefined {
  for (let above = parentOf(runs, at); above >= 0; above = parentOf(runs, above))
    if (runs[above]?.kind !== "hidden") return above;
  return undefined;
}

/** How it must have ended. */
const OUTCOMES: Readonly<Record<End, string | undefined>> = {
  ok: undefined,
  error: "error",
  aborted: "cancelled",
  interrupted: "interrupted",
  "timed out": "error",
  never: "abandoned",
};

const trees = fc.array(plannedRun, { minLength: 1, maxLength: 30 });

function afterwards(): void {
  telemetry.reset();
  counter.reset();
}

describe("whatever tree of runs happens, in whatever order", () => {
  it("each span is ended once, ids are unique, and nothing stays open", async () => {
    await fc.assert(
      fc
        .asyncProperty(trees, async (runs) => {
          const observed = happen(runs);
          expect(counter.counts()).toEqual(observed.size === 0 ? [] : [1]);
          expect(new Set([...observed.values()].map(({ spanId }) => spanId)).size).toBe(
            observed.size,
          );
          expect(runRegistry().size).toBe(0);
          expect((await counted(telemetry))["langchain.sessions.active"] ?? 0).toBe(0);
        })
        .afterEach(afterwards),
      { numRuns: 150 },
    );
  });

  it("has one trace for each root, with all that is below it, when nobody ends before what is below", () => {
    fc.assert(
      fc
        .property(trees, (planned) => {
          // Ends come when all have started.
          const runs = planned.map((run) => ({ ...run, endsAt: 60 }));
          const observed = happen(runs);
          const traces = new Map<number, Set<string>>();
          const idOf = (at: number): string => `plan ${plans} run ${at}`;
          runs.forEach(({ kind }, at) => {
            if (kind === "hidden") return;
            let root = at;
            for (
              let above = visibleAncestor(runs, root);
              above !== undefined;
              above = visibleAncestor(runs, root)
            )
              root = above;
            const span = observed.get(idOf(at));
            const above = visibleAncestor(runs, at);
            expect(span?.parent).toBe(
              above === undefined ? undefined : observed.get(idOf(above))?.spanId,
            );
            traces.set(root, (traces.get(root) ?? new Set()).add(span?.traceId ?? ""));
          });
          const sets = [...traces.values()];
          expect(sets.map(({ size }) => size)).toEqual(sets.map(() => 1));
          expect(new Set(sets.flatMap((each) => [...each])).size).toBe(traces.size);
        })
        .afterEach(afterwards),
      { numRuns: 150 },
    );
  });

  it("each span says how its run ended, and is red for an error only", () => {
    fc.assert(
      fc
        .property(trees, (planned) => {
          // A child's time-out makes a parent's abort a time-out too, which is another test's.
          const runs = planned.map((run) =>
            run.end === "timed out" ? { ...run, end: "error" as const } : run,
          );
          happen(runs);
          const spans = new Map(
            telemetry
              .spans()
              .map(({ attributes, status }) => [
                String(attributes["langchain.run.id"]),
                [attributes["langchain.run.outcome"], status.code],
              ]),
          );
          runs.forEach(({ kind, end, isEndedTwice }, at) => {
            if (kind === "hidden") return;
            const how = end === "never" && isEndedTwice ? "ok" : end;
            const outcome = OUTCOMES[how];
            expect(spans.get(`plan ${plans} run ${at}`)).toEqual([
              outcome,
              outcome === "error" ? 2 : 0,
            ]);
          });
        })
        .afterEach(afterwards),
      { numRuns: 150 },
    );
  });
});
