import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createAgent, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { endings, graphBench, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "hi" }] };

/** A program whose failure is expected. */
const failing =
  (program: Program): Program =>
  (config) =>
    program(config).then(
      () => expect.unreachable("it should have failed"),
      () => undefined,
    );

describe("a failure", () => {
  it("of a tool that the graph handles is the tool's alone", async () => {
    await bench.expectTree((config) => {
      const broken = tool(
        async ({ query }: { query: string }) => {
          await bench.server.get(`/${query}`);
          throw new RangeError("no such city");
        },
        { name: "weather", description: "The weather", schema: z.object({ query: z.string() }) },
      );
      return createAgent({
        model: bench.server.model(),
        tools: [broken],
        name: "planner",
        middleware: [],
      }).invoke(input, config);
    });
  });

  it("of a node is the node's and the graph's", async () => {
    await bench.expectTree(
      failing((config) =>
        new StateGraph(MessagesAnnotation)
          .addNode("works", () => bench.server.get("/works").then(() => ({})))
          .addNode("breaks", () => {
            throw new RangeError("out of range");
          })
          .addEdge(START, "works")
          .addEdge("works", "breaks")
          .compile({ name: "fragile" })
          .invoke(input, config),
      ),
    );
  });

  it("of a node in a sub-graph is an error all the way up", async () => {
    const tree = await bench.tree(
      failing((config) => {
        const inner = new StateGraph(MessagesAnnotation)
          .addNode("breaks", () => {
            throw new RangeError("out of range");
          })
          .addEdge(START, "breaks")
          .compile({ name: "inner" });
        return new StateGraph(MessagesAnnotation)
          .addNode("nested", inner)
          .addEdge(START, "nested")
          .compile({ name: "outer" })
          .invoke(input, config);
      }),
    );
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow outer ERROR error RangeError
        node nested ERROR error RangeError
          invoke_workflow inner ERROR error RangeError
            node breaks ERROR error RangeError"
    `);
  });

  it("of a sub-graph that its node handles stays below that node", async () => {
    const tree = await bench.tree((config) => {
      const inner = new StateGraph(MessagesAnnotation)
        .addNode("breaks", () => {
          throw new RangeError("out of range");
        })
        .addEdge(START, "breaks")
        .compile({ name: "inner" });
      return new StateGraph(MessagesAnnotation)
        .addNode("careful", (state) => inner.invoke(state).catch(() => ({})))
        .addEdge(START, "careful")
        .compile({ name: "outer" })
        .invoke(input, config);
    });
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow outer
        node careful
          invoke_workflow inner ERROR error RangeError
            node breaks ERROR error RangeError"
    `);
  });

  it("by the recursion limit is the graph's", async () => {
    await bench.expectTree(
      failing((config) =>
        new StateGraph(MessagesAnnotation)
          .addNode("again", () => ({}))
          .addEdge(START, "again")
          .addEdge("again", "again")
          .compile({ name: "endless" })
          .invoke(input, { ...config, recursionLimit: 2 }),
      ),
    );
  });

  it("of one of two nodes that run at once is its own: the other one was only aborted", async () => {
    const tree = await bench.tree(
      failing((config) => {
        const hold = bench.server.hold("/slow");
        return new StateGraph(MessagesAnnotation)
          .addNode("slow", async (_state, { signal }) => {
            await bench.server.get("/slow", signal);
            return {};
          })
          .addNode("breaks", async () => {
            await hold.reached;
            throw new RangeError("out of range");
          })
          .addEdge(START, "slow")
          .addEdge(START, "breaks")
          .compile({ name: "siblings" })
          .invoke(input, config);
      }),
    );
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow siblings ERROR error RangeError
        node breaks ERROR error RangeError
        node slow UNSET cancelled"
    `);
  });

  it("of one of two nodes aborts the model call of the other", async () => {
    const tree = await bench.tree(
      failing((config) => {
        const hold = bench.server.hold("model");
        return new StateGraph(MessagesAnnotation)
          .addNode("asks", async ({ messages }, { signal }) => ({
            messages: [await bench.server.model().invoke(messages, { signal })],
          }))
          .addNode("breaks", async () => {
            await hold.reached;
            throw new RangeError("out of range");
          })
          .addEdge(START, "asks")
          .addEdge(START, "breaks")
          .compile({ name: "siblings" })
          .invoke(input, config);
      }),
    );
    expect(endings(tree)).toMatchInlineSnapshot(`
      "invoke_workflow siblings ERROR error RangeError
        node asks UNSET cancelled
          gen_ai.chat UNSET cancelled
        node breaks ERROR error RangeError"
    `);
  });

  it("that a node's retry policy gets over leaves a red attempt and a green one", async () => {
    await bench.expectTree((config) => {
      let attempts = 0;
      return new StateGraph(MessagesAnnotation)
        .addNode(
          "flaky",
          async () => {
            attempts += 1;
            await bench.server.get(`/attempt-${attempts}`);
            if (attempts === 1) throw new RangeError("once");
            return {};
          },
          { retryPolicy: { initialInterval: 1, jitter: false, logWarning: false } },
        )
        .addEdge(START, "flaky")
        .compile({ name: "patient" })
        .invoke(input, config);
    });
  });
});
