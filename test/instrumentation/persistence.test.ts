import {
  Annotation,
  InMemoryStore,
  type LangGraphRunnableConfig,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { trace } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import {
  createTestTelemetry,
  type SpanNode,
  spanSnapshotSerializer,
  type TestTelemetry,
} from "../../src/testing/index.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;

beforeAll(() => {
  telemetry = createTestTelemetry();
});
beforeEach(async () => {
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  instrumentation.disable();
  telemetry.reset();
  expect(runRegistry().size).toBe(0);
});
afterAll(() => telemetry.shutdown());

const State = Annotation.Root({ topic: Annotation<string> });
type Node = (
  state: typeof State.State,
  config: LangGraphRunnableConfig,
) => Promise<Partial<typeof State.State>>;

function graph(node: Node, parts: { checkpointer?: MemorySaver; store?: InMemoryStore } = {}) {
  return new StateGraph(State)
    .addNode("remember", node)
    .addEdge(START, "remember")
    .compile({ name: "notes", ...parts });
}

const nothing: Node = async () => ({});
const thread = { configurable: { thread_id: "t-1" } };

/** What an HTTP or a database instrumentation would see. */
async function request(): Promise<void> {
  await undefined;
  trace.getTracer("http").startSpan("request").end();
}

function puts(count: number): string[] {
  return Array.from({ length: count }, () => "checkpoint put");
}

const withRequest = [
  "invoke_workflow notes",
  [...puts(5), "node remember", ["checkpoint get", ["request"]]],
];

/** Names only. */
/** Names only, in no order: a checkpoint is written beside the node that comes next. */
function outline(spans: readonly SpanNode[]): unknown[] {
  return unordered(
    spans.map(({ name, children }) => (children.length === 0 ? name : [name, outline(children)])),
  );
}

function unordered(list: readonly unknown[]): unknown[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("a checkpointer", () => {
  it("reads and writes below the graph", async () => {
    await graph(nothing, { checkpointer: new MemorySaver() }).invoke({ topic: "a" }, thread);
    expect(telemetry.tree()).toMatchInlineSnapshot(`
      invoke_workflow notes INTERNAL
      │  gen_ai.conversation.id: "t-1"
      │  gen_ai.operation.name: "invoke_workflow"
      │  gen_ai.workflow.name: "notes"
      │  langchain.run.id: <run-id>
      ├─ checkpoint get INTERNAL
      │     gen_ai.conversation.id: "t-1"
      ├─ checkpoint put INTERNAL
      │     gen_ai.conversation.id: "t-1"
      │     langgraph.step: -1
      ├─ checkpoint put INTERNAL
      │     gen_ai.conversation.id: "t-1"
      │     langgraph.checkpoint.writes: 2
      ├─ checkpoint put INTERNAL
      │     gen_ai.conversation.id: "t-1"
      │     langgraph.step: 0
      ├─ node remember INTERNAL
      │     gen_ai.conversation.id: "t-1"
      │     langchain.run.id: <run-id>
      │     langgraph.node: "remember"
      │     langgraph.step: 1
      ├─ checkpoint put INTERNAL
      │     gen_ai.conversation.id: "t-1"
      │     langgraph.checkpoint.writes: 1
      └─ checkpoint put INTERNAL
            gen_ai.conversation.id: "t-1"
            langgraph.step: 1
    `);
  });

  it("has its own requests below its spans, streamed or invoked", async () => {
    class Remote extends MemorySaver {
      override async getTuple(...args: Parameters<MemorySaver["getTuple"]>) {
        await request();
        return super.getTuple(...args);
      }
    }
    const compiled = graph(nothing, { checkpointer: new Remote() });
    await compiled.invoke({ topic: "a" }, thread);
    for await (const _ of await compiled.stream({ topic: "a" }, thread));
    expect(outline(telemetry.tree())).toEqual([withRequest, withRequest]);
  });

  it("of a graph within a graph belongs to the inner one", async () => {
    const inner = graph(nothing);
    const outer = new StateGraph(State)
      .addNode("inner", inner)
      .addEdge(START, "inner")
      .compile({ name: "outer", checkpointer: new MemorySaver() });
    await outer.invoke({ topic: "a" }, thread);
    const [, children] = outline(telemetry.tree())[0] as [string, unknown[]];
    const names = children.map((child) => (Array.isArray(child) ? child[0] : child) as unknown);
    expect(unordered(names)).toEqual(["checkpoint get", ...puts(5), "node inner"]);
    const [, below] = children.find((child) => Array.isArray(child)) as [string, unknown[]];
    expect(below).toEqual([
      ["invoke_workflow notes", ["checkpoint get", ...puts(5), "node remember"]],
    ]);
  });

  it("is told apart when many graphs share it", async () => {
    const compiled = graph(nothing, { checkpointer: new MemorySaver() });
    const threads = Array.from({ length: 20 }, (_, index) => `t-${index}`);
    await Promise.all(
      threads.map((thread_id) => compiled.invoke({ topic: "a" }, { configurable: { thread_id } })),
    );
    const roots = telemetry.tree();
    expect(roots.map(({ attributes }) => attributes["gen_ai.conversation.id"]).toSorted()).toEqual(
      threads.toSorted(),
    );
    for (const root of roots) {
      const own = root.attributes["gen_ai.conversation.id"];
      expect(root.children).toHaveLength(7);
      for (const { attributes } of root.children)
        expect(attributes["gen_ai.conversation.id"]).toBe(own);
    }
  });

  it("that fails has an error, and the graph fails as it did", async () => {
    const fault = new RangeError("disk full");
    class Broken extends MemorySaver {
      override async getTuple(): Promise<never> {
        throw fault;
      }
    }
    const failing = graph(nothing, { checkpointer: new Broken() }).invoke({ topic: "a" }, thread);
    await expect(failing).rejects.toBe(fault);
    const [root] = telemetry.tree();
    expect(
      root?.children.map(({ name, status, attributes }) => [name, status, attributes]),
    ).toEqual([
      [
        "checkpoint get",
        "ERROR",
        {
          "error.type": "RangeError",
          "gen_ai.conversation.id": "t-1",
          "langchain.error.category": "validation_error",
          "langchain.run.outcome": "error",
        },
      ],
    ]);
  });

  it("has no spans outside a running graph", async () => {
    const compiled = graph(nothing, { checkpointer: new MemorySaver() });
    await compiled.invoke({ topic: "a" }, thread);
    telemetry.reset();
    const state = await compiled.getState(thread);
    expect(state.values).toEqual({ topic: "a" });
    expect(telemetry.spans()).toEqual([]);
  });

  it("is as it was once the instrumentation is disabled", async () => {
    const own = (): unknown[] =>
      ["getTuple", "put", "putWrites"].map(
        (name) => Object.getOwnPropertyDescriptor(MemorySaver.prototype, name)?.value,
      );
    const before = own();
    const compiled = graph(nothing, {
      checkpointer: new MemorySaver(),
      store: new InMemoryStore(),
    });
    await compiled.invoke({ topic: "a" }, thread);
    expect(own().some((method, index) => method === before[index])).toBe(false);
    telemetry.reset();
    instrumentation.disable();
    expect(own()).toEqual(before);
    await compiled.invoke({ topic: "a" }, thread);
    expect(telemetry.spans()).toEqual([]);
  });
});

describe("a store", () => {
  it("is read and written below the node", async () => {
    const store = new InMemoryStore();
    await graph(
      async (_state, config) => {
        await config.store?.put(["users", "u-1"], "food", { likes: "secret" });
        await config.store?.get(["users", "u-1"], "food");
        await config.store?.get(["users", "u-1"], "drink");
        await config.store?.search(["users"], { query: "secret" });
        await config.store?.delete(["users", "u-1"], "food");
        await store.put(["users", "u-1"], "direct", { likes: "secret" });
        return {};
      },
      { store },
    ).invoke({ topic: "a" }, thread);
    expect(telemetry.tree()).toMatchInlineSnapshot(`
      invoke_workflow notes INTERNAL
      │  gen_ai.conversation.id: "t-1"
      │  gen_ai.operation.name: "invoke_workflow"
      │  gen_ai.workflow.name: "notes"
      │  langchain.run.id: <run-id>
      └─ node remember INTERNAL
         │  gen_ai.conversation.id: "t-1"
         │  langchain.run.id: <run-id>
         │  langgraph.node: "remember"
         │  langgraph.step: 1
         ├─ upsert_memory CLIENT
         │     gen_ai.conversation.id: "t-1"
         │     gen_ai.memory.record.count: 1
         │     gen_ai.memory.record.id: "food"
         │     gen_ai.memory.store.id: "users/u-1"
         │     gen_ai.operation.name: "upsert_memory"
         ├─ search_memory CLIENT
         │     gen_ai.conversation.id: "t-1"
         │     gen_ai.memory.record.count: 1
         │     gen_ai.memory.record.id: "food"
         │     gen_ai.memory.store.id: "users/u-1"
         │     gen_ai.operation.name: "search_memory"
         ├─ search_memory CLIENT
         │     gen_ai.conversation.id: "t-1"
         │     gen_ai.memory.record.count: 0
         │     gen_ai.memory.record.id: "drink"
         │     gen_ai.memory.store.id: "users/u-1"
         │     gen_ai.operation.name: "search_memory"
         ├─ search_memory CLIENT
         │     gen_ai.conversation.id: "t-1"
         │     gen_ai.memory.record.count: 1
         │     gen_ai.memory.store.id: "users"
         │     gen_ai.operation.name: "search_memory"
         ├─ delete_memory CLIENT
         │     gen_ai.conversation.id: "t-1"
         │     gen_ai.memory.record.count: 1
         │     gen_ai.memory.record.id: "food"
         │     gen_ai.memory.store.id: "users/u-1"
         │     gen_ai.operation.name: "delete_memory"
         └─ upsert_memory CLIENT
               gen_ai.conversation.id: "t-1"
               gen_ai.memory.record.count: 1
               gen_ai.memory.record.id: "direct"
               gen_ai.memory.store.id: "users/u-1"
               gen_ai.operation.name: "upsert_memory"
    `);
  });

  it("has its own requests below the operation that asked", async () => {
    class Remote extends InMemoryStore {
      override async batch(operations: never): Promise<never> {
        await request();
        return super.batch(operations);
      }
    }
    const node: Node = async (_state, config) => {
      await config.store?.put(["users"], "food", { likes: "tea" });
      await trace.getTracer("app").startActiveSpan("work", async (span) => {
        await config.store?.search(["users"]);
        span.end();
      });
      return {};
    };
    await trace.getTracer("app").startActiveSpan("caller", async (span) => {
      await graph(node, { store: new Remote() }).invoke({ topic: "a" });
      span.end();
    });
    expect(outline(telemetry.tree())).toEqual([
      [
        "caller",
        [
          [
            "invoke_workflow notes",
            [
              [
                "node remember",
                [
                  ["upsert_memory", ["request"]],
                  ["work", [["search_memory", ["request"]]]],
                ],
              ],
            ],
          ],
        ],
      ],
    ]);
  });

  it("given nothing to put deletes", async () => {
    const node: Node = async (_state, config) => {
      await config.store?.put(["users"], "food", null as never);
      return {};
    };
    await graph(node, { store: new InMemoryStore() }).invoke({ topic: "a" });
    expect(outline(telemetry.tree())).toEqual([
      ["invoke_workflow notes", [["node remember", ["delete_memory"]]]],
    ]);
  });

  it("answers and fails as it did, and its durations are recorded", async () => {
    const fault = new RangeError("away");
    class Broken extends InMemoryStore {
      override async batch(): Promise<never> {
        throw fault;
      }
    }
    const seen: unknown[] = [];
    const node: Node = async (_state, config) => {
      await config.store?.get(["users"], "food").catch((error: unknown) => seen.push(error));
      return {};
    };
    await graph(node, { store: new Broken() }).invoke({ topic: "a" });
    expect(seen).toEqual([fault]);
    const metrics = await telemetry.metrics();
    const duration = metrics.find(({ name }) => name === "gen_ai.client.operation.duration");
    expect(duration?.points.map(({ attributes }) => attributes)).toEqual([
      { "gen_ai.operation.name": "search_memory", "error.type": "RangeError" },
    ]);
  });

  it("has no spans outside a run", async () => {
    const store = new InMemoryStore();
    await graph(nothing, { store }).invoke({ topic: "a" });
    telemetry.reset();
    await store.put(["users"], "food", { likes: "tea" });
    expect(telemetry.spans()).toEqual([]);
  });
});
