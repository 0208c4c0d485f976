import {
  Command,
  entrypoint,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";
import { type AgentMiddleware, createAgent, humanInTheLoopMiddleware, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { endings, graphBench, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "Refund?" }] };
const configurable = { thread_id: "refund-1" };

/** Runs a graph until it waits, and again with the person's answer. */
const answered =
  (make: () => { invoke(input: unknown, config: object): Promise<unknown> }): Program =>
  async (config) => {
    const graph = make();
    await graph.invoke(input, { ...config, configurable });
    await graph.invoke(new Command({ resume: "yes" }), { ...config, configurable });
  };

const inNode = () =>
  new StateGraph(MessagesAnnotation)
    .addNode("draft", async ({ messages }) => ({
      messages: [await bench.server.model().invoke(messages)],
    }))
    .addNode("approve", async () => {
      const answer = interrupt("Approve?");
      await bench.server.get(`/approved-${String(answer)}`);
      return {};
    })
    .addEdge(START, "draft")
    .addEdge("draft", "approve");

type CompiledRefund = ReturnType<ReturnType<typeof inNode>["compile"]>;
type Config = Parameters<CompiledRefund["updateState"]>[0];

const approveTool = tool(
  ({ query }: { query: string }) => `${query}: ${String(interrupt("ok?"))}`,
  {
    name: "pay",
    description: "Pays",
    schema: z.object({ query: z.string() }),
  },
);

// Its type is not made for exactOptionalPropertyTypes.
const askBefore = humanInTheLoopMiddleware({
  interruptOn: { pay: true },
} as never) as unknown as AgentMiddleware;

describe("a graph that waits for a person", () => {
  it("in a node is interrupted on every level; going on is a new trace that points to it", async () => {
    await bench.expectTree(
      answered(() => inNode().compile({ name: "refund", checkpointer: new MemorySaver() })),
    );
  });

  it("is linked from the run that goes on, in another trace, whichever handler sees it", async () => {
    const graph = inNode().compile({ name: "refund", checkpointer: new MemorySaver() });
    await graph.invoke(input, {
      configurable,
      callbacks: [new OpenTelemetryCallbackHandler()],
    });
    await graph.invoke(new Command({ resume: "yes" }), {
      configurable,
      callbacks: [new OpenTelemetryCallbackHandler()],
    });
    const [waited, wentOn] = bench.telemetry
      .spans()
      .filter(({ name }) => name === "invoke_workflow refund");
    expect(wentOn?.links.map(({ context }) => context)).toEqual([waited?.spanContext()]);
    expect(wentOn?.spanContext().traceId).not.toBe(waited?.spanContext().traceId);
  });

  /** A graph that waits, then whatever `goOn` does, all in one conversation: each root with what it points to. */
  const links = async (
    goOn: (graph: CompiledRefund, config: Config) => Promise<unknown>,
    by: "handler" | "instrumentation",
  ) => {
    const tree = await bench.tree(async (config) => {
      const graph = inNode().compile({ name: "refund", checkpointer: new MemorySaver() });
      const options = { ...config, configurable: { thread_id: "edited" } };
      await graph.invoke(input, options);
      await goOn(graph, options);
    }, by);
    return tree
      .filter(({ attributes }) => attributes["url.path"] === undefined)
      .map((root) => [root.name, root.links?.map(({ to }) => to) ?? []]);
  };

  describe.each(["instrumentation", "handler"] as const)(
    "whose state is edited, by the %s",
    (by) => {
      const waited = ["invoke_workflow refund", []];

      it("is linked from the run that goes on, and the edit has no span", async () => {
        const roots = await links(async (graph, config) => {
          await graph.updateState(config, { messages: [] });
          await graph.invoke(new Command({ resume: "yes" }), config);
        }, by);
        expect(roots).toEqual([waited, ["invoke_workflow refund", ["invoke_workflow refund"]]]);
      });

      it("in the name of the node before, is linked from what comes after", async () => {
        const roots = await links(async (graph, config) => {
          await graph.updateState(config, { messages: [] }, "draft");
          await graph.invoke(null, config);
        }, by);
        expect(roots).toEqual([waited, ["invoke_workflow refund", ["invoke_workflow refund"]]]);
      });

      it("is not when it was through in between", async () => {
        const roots = await links(async (graph, config) => {
          await graph.invoke(new Command({ resume: "yes" }), config);
          await graph.updateState(config, { messages: [] }, "draft");
          await graph.invoke(null, config);
        }, by);
        expect(roots).toEqual([
          waited,
          ["invoke_workflow refund", ["invoke_workflow refund"]],
          ["invoke_workflow refund", []],
        ]);
      });
    },
  );

  it("is not linked from another graph of a conversation of that name", async () => {
    const tree = await bench.tree(async (config) => {
      const options = { ...config, configurable: { thread_id: "edited" } };
      await inNode()
        .compile({ name: "refund", checkpointer: new MemorySaver() })
        .invoke(input, options);
      const other = inNode().compile({ name: "other", checkpointer: new MemorySaver() });
      await other.updateState(options, { messages: [] }, "draft");
      await other.invoke(null, options);
    });
    expect(tree.map(({ name, links: to }) => [name, to])).toEqual([
      ["invoke_workflow refund", undefined],
      ["invoke_workflow other", undefined],
    ]);
  });

  it("is interrupted with a LangGraph that does not tell of it", async () => {
    const handler = new OpenTelemetryCallbackHandler();
    Reflect.deleteProperty(handler, Symbol.for("langgraph.graph_callback_handler"));
    const graph = inNode().compile({ name: "refund", checkpointer: new MemorySaver() });
    await graph.invoke(input, { configurable, callbacks: [handler] });
    const [root] = bench.telemetry.tree();
    expect(root?.attributes["langchain.run.outcome"]).toBe("interrupted");
    expect(root?.events).toEqual([{ name: "langgraph.interrupt", attributes: {} }]);
  });

  it("in a tool of an agent", async () => {
    await bench.expectTree(
      answered(
        () =>
          createAgent({
            model: bench.server.model(),
            tools: [approveTool],
            name: "cashier",
            checkpointer: new MemorySaver(),
          }) as never,
      ),
    );
  });

  it("in a sub-graph", async () => {
    await bench.expectTree(
      answered(() =>
        new StateGraph(MessagesAnnotation)
          .addNode("inner", inNode().compile({ name: "inner" }))
          .addEdge(START, "inner")
          .compile({ name: "outer", checkpointer: new MemorySaver() }),
      ),
    );
  });

  it("by a middleware", async () => {
    expect(
      endings(
        await bench.tree(async (config) => {
          const agent = createAgent({
            model: bench.server.model(),
            tools: [approveTool],
            name: "cashier",
            middleware: [askBefore],
            checkpointer: new MemorySaver(),
          });
          await agent.invoke(input, { ...config, configurable });
        }),
      ),
    ).toMatchInlineSnapshot(`
      "invoke_agent cashier UNSET interrupted
        node HumanInTheLoopMiddleware.after_model UNSET interrupted
        node model_request
          gen_ai.chat"
    `);
  });

  it("before a node that it was compiled to stop at", async () => {
    await bench.expectTree(
      answered(() =>
        new StateGraph(MessagesAnnotation)
          .addNode("draft", () => ({}))
          .addNode("send", () => bench.server.get("/send").then(() => ({})))
          .addEdge(START, "draft")
          .addEdge("draft", "send")
          .compile({
            name: "mail",
            checkpointer: new MemorySaver(),
            interruptBefore: ["send"],
          }),
      ),
    );
  });

  it("streamed is interrupted as well", async () => {
    const tree = await bench.tree(async (config) => {
      const graph = inNode().compile({ name: "refund", checkpointer: new MemorySaver() });
      for await (const _ of await graph.stream(input, { ...config, configurable }));
    });
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow refund UNSET interrupted
        node approve UNSET interrupted
        node draft
          gen_ai.chat"
    `);
    expect(tree[0]?.events).toEqual([
      { name: "langgraph.interrupt", attributes: { "langgraph.interrupt.count": 1 } },
    ]);
  });

  it("in two branches at once tells of both", async () => {
    const tree = await bench.tree((config) =>
      new StateGraph(MessagesAnnotation)
        .addNode("a", () => ({ messages: [String(interrupt("a?"))] }))
        .addNode("b", () => ({ messages: [String(interrupt("b?"))] }))
        .addEdge(START, "a")
        .addEdge(START, "b")
        .compile({ name: "both", checkpointer: new MemorySaver() })
        .invoke(input, { ...config, configurable }),
    );
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow both UNSET interrupted
        node a UNSET interrupted
        node b UNSET interrupted"
    `);
    expect(tree[0]?.events).toEqual([
      { name: "langgraph.interrupt", attributes: { "langgraph.interrupt.count": 2 } },
    ]);
  });

  it("and goes on in the functional API", async () => {
    expect(
      endings(
        await bench.tree(
          answered(() => {
            const ask = task("ask", (question: string) => String(interrupt(question)));
            return entrypoint({ name: "approval", checkpointer: new MemorySaver() }, async () =>
              ask("ok?"),
            ) as never;
          }),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "invoke_workflow approval UNSET interrupted
        node approval UNSET interrupted
        node ask UNSET interrupted
      invoke_workflow approval
        node approval
        node ask"
    `);
  });
});
