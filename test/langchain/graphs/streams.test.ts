import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { graphBench, outline, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "Weather?" }] };

function graph() {
  const weather = tool(({ query }: { query: string }) => bench.server.get(`/${query}`), {
    name: "weather",
    description: "Looks up the weather",
    schema: z.object({ query: z.string() }),
  });
  return new StateGraph(MessagesAnnotation)
    .addNode("ask", async ({ messages }) => ({
      messages: [await bench.server.model().bindTools([weather]).invoke(messages)],
    }))
    .addNode("tools", new ToolNode([weather]))
    .addEdge(START, "ask")
    .addConditionalEdges("ask", toolsCondition)
    .addEdge("tools", "ask")
    .compile({ name: "forecast", checkpointer: new MemorySaver() });
}

const configurable = { thread_id: "t-1" };

const streamed =
  (how: object): Program =>
  async (config) => {
    for await (const _ of await graph().stream(input, { ...config, configurable, ...how }));
  };

describe("a graph that is streamed", () => {
  it.each([
    "values",
    "updates",
    "messages",
    "custom",
    "debug",
    "tasks",
    "checkpoints",
    "tools",
  ] as const)("in mode %s", async (streamMode) => {
    await bench.expectTree(streamed({ streamMode }));
  });

  it("in several modes at once, subgraphs too", async () => {
    const several = await bench.tree(
      streamed({ streamMode: ["updates", "messages", "values"], subgraphs: true }),
    );
    expect(outline(several)).toEqual(outline(await bench.tree(streamed({ streamMode: "values" }))));
  });

  it("by streamEvents v2", async () => {
    await bench.expectTree(async (config) => {
      const options = { ...config, configurable, version: "v2" } as const;
      for await (const _ of graph().streamEvents(input, options));
    });
  });

  it("by streamEvents v3", async () => {
    await bench.expectTree(async (config) => {
      const options = { ...config, configurable, version: "v3" } as const;
      const run = await graph().streamEvents(input, options);
      for await (const _ of run as AsyncIterable<unknown>);
    });
  });
});
