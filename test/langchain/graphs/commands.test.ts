import { AIMessage } from "@langchain/core/messages";
import {
  Command,
  MemorySaver,
  MessagesAnnotation,
  RunControl,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { createAgent, tool } from "langchain";
import { expect, it } from "vitest";
import { z } from "zod";

import { endings, graphBench, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "hi" }] };

it("handing over from a sub-graph to its parent is no failure", async () => {
  await bench.expectTree((config) => {
    const inner = new StateGraph(MessagesAnnotation)
      .addNode("leave", () => new Command({ goto: "other", graph: Command.PARENT }), {
        ends: [],
      })
      .addEdge(START, "leave")
      .compile({ name: "inner" });
    return new StateGraph(MessagesAnnotation)
      .addNode("nested", inner, { ends: ["other"] })
      .addNode("other", () => bench.server.get("/other").then(() => ({})))
      .addEdge(START, "nested")
      .compile({ name: "outer" })
      .invoke(input, config);
  });
});

it("handing over by a tool is no failure", async () => {
  const tree = await bench.tree((config) => {
    const transfer = tool(() => new Command({ goto: "other", graph: Command.PARENT }), {
      name: "transfer",
      description: "Hands over",
      schema: z.object({}),
    });
    const inner = new StateGraph(MessagesAnnotation)
      .addNode("ask", () => ({
        messages: [
          new AIMessage({
            content: "",
            tool_calls: [{ name: "transfer", args: {}, id: "call_1" }],
          }),
        ],
      }))
      .addNode("tools", new ToolNode([transfer]))
      .addEdge(START, "ask")
      .addEdge("ask", "tools")
      .compile({ name: "inner" });
    return new StateGraph(MessagesAnnotation)
      .addNode("nested", inner, { ends: ["other"] })
      .addNode("other", () => ({}))
      .addEdge(START, "nested")
      .compile({ name: "outer" })
      .invoke(input, config);
  });
  expect(tree).toMatchSnapshot();
});

it("an agent that hands over has done its part", async () => {
  const handingOver: Program = (config) => {
    const transfer = tool(() => new Command({ goto: "other", graph: Command.PARENT }), {
      name: "transfer",
      description: "Hands over",
      schema: z.object({ query: z.string() }),
    });
    const clerk = createAgent({ model: bench.server.model(), tools: [transfer], name: "clerk" });
    return new StateGraph(MessagesAnnotation)
      .addNode("clerk", clerk.graph, { ends: ["other"] })
      .addNode("other", () => ({}))
      .addEdge(START, "clerk")
      .compile({ name: "office" })
      .invoke(input, config);
  };
  for (const by of ["instrumentation", "handler"] as const) {
    expect(endings(await bench.tree(handingOver, by))).toBe(
      [
        "invoke_workflow office",
        "  node clerk",
        "    invoke_agent clerk",
        "      node model_request",
        "        gen_ai.chat",
        "      node tools",
        "        execute_tool transfer",
        "  node other",
      ].join("\n"),
    );
    expect(await bench.measured("langchain.agent.runs")).toEqual({
      "langchain.agent.runs": [
        [{ "gen_ai.agent.name": "clerk", pattern: "react", status: "ok" }, 1],
      ],
    });
  }
});

it("a graph that is told to stop after a step has not come to its end: it is interrupted", async () => {
  const tree = await bench.tree(async (config) => {
    const control = new RunControl();
    const run = new StateGraph(MessagesAnnotation)
      .addNode("first", () => {
        control.requestDrain("SIGTERM");
        return {};
      })
      .addNode("second", () => ({}))
      .addEdge(START, "first")
      .addEdge("first", "second")
      .compile({ name: "steps", checkpointer: new MemorySaver() })
      .invoke(input, { ...config, control, configurable: { thread_id: "t-1" } });
    await expect(run).rejects.toThrow("Graph drained");
  });
  expect(endings(tree)).toBe(
    ["invoke_workflow steps UNSET interrupted", "  node first"].join("\n"),
  );
});

it("going on by Command.goto within a graph is a step like any other", async () => {
  await bench.expectTree((config) =>
    new StateGraph(MessagesAnnotation)
      .addNode("first", () => new Command({ goto: "second" }), { ends: ["second"] })
      .addNode("second", () => ({}))
      .addEdge(START, "first")
      .compile({ name: "steps" })
      .invoke(input, config),
  );
});
