import { AIMessage } from "@langchain/core/messages";
import { Command, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { tool } from "langchain";
import { expect, it } from "vitest";
import { z } from "zod";

import { graphBench } from "../../support/graph-bench.ts";

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
