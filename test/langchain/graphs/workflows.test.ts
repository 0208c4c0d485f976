import { RunnableLambda } from "@langchain/core/runnables";
import {
  Annotation,
  END,
  entrypoint,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";
import { describe, expect, it } from "vitest";

import { graphBench, outline, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();

const Topics = Annotation.Root({
  topics: Annotation<string[]>,
  topic: Annotation<string>,
  notes: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  report: Annotation<string>,
});

describe("a graph", () => {
  const fanOut: Program = (config) =>
    new StateGraph(Topics)
      .addNode("research", async ({ topic }) => ({
        notes: [await bench.server.get(`/${topic}`)],
      }))
      .addNode("join", async ({ notes }) => {
        const answer = await bench.server.model().invoke(notes.join());
        return { report: answer.text };
      })
      .addConditionalEdges(START, ({ topics }) =>
        topics.map((topic) => new Send("research", { topic })),
      )
      .addEdge("research", "join")
      .compile({ name: "report" })
      .invoke({ topics: ["art", "food", "rain"] }, { ...config, metadata: { session_id: "s-1" } });

  it("that fans out by Send and joins has a node a Send, each with its own request", async () => {
    await bench.expectTree(fanOut);
  });

  it("that branches on edges has a node a branch", async () => {
    await bench.expectTree((config) =>
      new StateGraph(Topics)
        .addNode("left", async () => ({ notes: [await bench.server.get("/left")] }))
        .addNode("right", async () => ({ notes: [await bench.server.get("/right")] }))
        .addNode("join", () => ({ report: "done" }))
        .addEdge(START, "left")
        .addEdge(START, "right")
        .addEdge(["left", "right"], "join")
        .compile()
        .invoke({ topics: [] }, config),
    );
  });

  it("that is a node of another, or is called by a node, is a workflow below that node", async () => {
    await bench.expectTree((config) => {
      const inner = new StateGraph(MessagesAnnotation)
        .addNode("ask", async ({ messages }) => ({
          messages: [await bench.server.model().invoke(messages)],
        }))
        .addEdge(START, "ask")
        .compile({ name: "inner" });
      return new StateGraph(MessagesAnnotation)
        .addNode("nested", inner)
        .addNode("calls", async (state) => {
          await inner.invoke(state);
          return {};
        })
        .addEdge(START, "nested")
        .addEdge("nested", "calls")
        .compile({ name: "outer" })
        .invoke({ messages: [{ role: "user", content: "hi" }] }, config);
    });
  });

  it("of the functional API has its tasks below it", async () => {
    await bench.expectTree((config) => {
      const fetchOne = task("fetch one", (topic: string) => bench.server.get(`/${topic}`));
      const sum = task("sum up", async (notes: string[]) => {
        const answer = await bench.server.model().invoke(notes.join());
        return answer.text;
      });
      return entrypoint("report", async (topics: string[]) =>
        sum(await Promise.all(topics.map((topic) => fetchOne(topic)))),
      ).invoke(["art", "food"], { ...config, configurable: { thread_id: "f-1" } });
    });
  });

  it("has no span for what LangGraph hides, and what is below it has no gap", async () => {
    const tree = await bench.tree((config) =>
      new StateGraph(MessagesAnnotation)
        .addNode(
          "hidden",
          RunnableLambda.from(async () => {
            const answer = await bench.server.model().invoke("hi");
            return { messages: [answer] };
          }).withConfig({ tags: ["langsmith:hidden"] }),
        )
        .addNode("shown", () => ({}))
        .addEdge(START, "hidden")
        .addConditionalEdges("hidden", () => "shown", { shown: "shown" })
        .addEdge("shown", END)
        .compile()
        .invoke({ messages: [] }, config),
    );
    expect(outline(tree)).toMatchInlineSnapshot(`
      "invoke_workflow
        node hidden
          gen_ai.chat
            POST
        node shown"
    `);
  });

  it("hides a whole node that is tagged so, and not the model call below it", async () => {
    const program: Program = (config) => {
      const hidden = RunnableLambda.from(async () => {
        await bench.server.get("/below");
        return (await bench.server.model().invoke("hi")).text;
      }).withConfig({ tags: ["langsmith:hidden"], runName: "secret" });
      return new StateGraph(MessagesAnnotation)
        .addNode("shown", async () => ({ messages: [await hidden.invoke("x")] }))
        .addEdge(START, "shown")
        .compile()
        .invoke({ messages: [] }, config);
    };
    expect(outline(await bench.tree(program))).toMatchInlineSnapshot(`
      "invoke_workflow
        node shown
          GET
          gen_ai.chat
            POST"
    `);
    expect(outline(await bench.tree(program, "instrumentation", { chains: "all" })))
      .toMatchInlineSnapshot(`
        "invoke_workflow
          node shown
            GET
            gen_ai.chat
              POST"
      `);
  });
});
