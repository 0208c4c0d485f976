import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createAgent, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { endings, graphBench, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "hi" }] };

/** What is aborted, while it waits for what; `!` marks the spans that are open then. */
const PROGRAMS = {
  "an agent whose tool fetches": {
    waits: "/weather",
    spans: [
      "invoke_agent planner!",
      "  node model_request",
      "    gen_ai.chat",
      "  node tools!",
      "    execute_tool weather!",
    ],
    graph: () => {
      const weather = tool(({ query }: { query: string }) => bench.server.get(`/${query}`), {
        name: "weather",
        description: "The weather",
        schema: z.object({ query: z.string() }),
      });
      return createAgent({ model: bench.server.model(), tools: [weather], name: "planner" });
    },
  },
  "a graph whose sub-graph's model thinks": {
    waits: "model",
    spans: [
      "invoke_workflow outer!",
      "  node nested!",
      "    invoke_workflow inner!",
      "      node ask!",
      "        gen_ai.chat!",
    ],
    graph: () => {
      const inner = new StateGraph(MessagesAnnotation)
        .addNode("ask", async ({ messages }) => ({
          messages: [await bench.server.model().invoke(messages)],
        }))
        .addEdge(START, "ask")
        .compile({ name: "inner" });
      return new StateGraph(MessagesAnnotation)
        .addNode("nested", inner)
        .addEdge(START, "nested")
        .compile({ name: "outer" });
    },
  },
  "a node that listens to the signal": {
    waits: "/slow",
    spans: ["invoke_workflow listener!", "  node slow!"],
    graph: () =>
      new StateGraph(MessagesAnnotation)
        .addNode("slow", async (_state, { signal }) => {
          await bench.server.get("/slow", signal);
          return {};
        })
        .addEdge(START, "slow")
        .compile({ name: "listener" }),
  },
} as const;

function aborted(what: keyof typeof PROGRAMS, reason: unknown, streamed = false): Program {
  return async (config) => {
    const { waits, graph } = PROGRAMS[what];
    const hold = bench.server.hold(waits);
    const abort = new AbortController();
    const options = { ...config, signal: abort.signal };
    const run = streamed
      ? (async () => {
          for await (const _ of await graph().stream(input, options));
        })()
      : graph().invoke(input, options);
    const settled = run.then(
      () => expect.unreachable("it should have been aborted"),
      () => undefined,
    );
    await hold.reached;
    if (reason === undefined) abort.abort();
    else abort.abort(reason);
    await settled;
    hold.release();
  };
}

function expected(what: keyof typeof PROGRAMS, ending: string): string {
  return PROGRAMS[what].spans.map((line) => line.replace("!", ` ${ending}`)).join("\n");
}

const names = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];

describe.each(names)("%s", (what) => {
  it.each([
    ["by AbortError", undefined],
    ["with the user's own reason", new Error("the user pressed stop")],
    ["with a string for a reason", "stop"],
  ])("is cancelled on every level when it is aborted %s", async (_how, reason) => {
    const tree = await bench.tree(aborted(what, reason));
    expect(endings(tree)).toBe(expected(what, "UNSET cancelled"));
  });

  it("is cancelled for a handler, too", async () => {
    const tree = await bench.tree(aborted(what, undefined), "handler");
    expect(endings(tree)).toBe(expected(what, "UNSET cancelled"));
  });

  it("is cancelled when it is streamed, too", async () => {
    const tree = await bench.tree(aborted(what, new Error("the user pressed stop"), true));
    expect(endings(tree)).toBe(expected(what, "UNSET cancelled"));
  });

  it.each(["instrumentation", "handler"] as const)(
    "is an error on every level when its time is up, by the %s",
    async (by) => {
      const tree = await bench.tree(async (config) => {
        const { waits, graph } = PROGRAMS[what];
        const hold = bench.server.hold(waits);
        const run = graph().invoke(input, { ...config, timeout: 100 });
        await expect(run).rejects.toThrow();
        hold.release();
      }, by);
      expect(endings(tree)).toBe(expected(what, "ERROR error TimeoutError"));
    },
  );

  it("is an error when the signal that it was given times out", async () => {
    const tree = await bench.tree(
      aborted(what, new DOMException("The operation timed out.", "TimeoutError")),
    );
    expect(endings(tree)).toBe(expected(what, "ERROR error TimeoutError"));
  });
});

it("an agent that is aborted in the middle has its whole tree", async () => {
  await bench.expectTree(async (config) => {
    const hold = bench.server.hold("/weather");
    const abort = new AbortController();
    const weather = tool(
      ({ query }: { query: string }, { signal }) => bench.server.get(`/${query}`, signal),
      {
        name: "weather",
        description: "The weather",
        schema: z.object({ query: z.string() }),
      },
    );
    const run = createAgent({
      model: bench.server.model(),
      tools: [weather],
      name: "planner",
    }).invoke(input, { ...config, signal: abort.signal });
    const settled = expect(run).rejects.toThrow();
    await hold.reached;
    abort.abort();
    await settled;
  });
});

describe("a reason of the user's own, with the handler alone", () => {
  it("is known where a model's call was aborted", async () => {
    const what = "a graph whose sub-graph's model thinks";
    const tree = await bench.tree(aborted(what, new Error("the user pressed stop")), "handler");
    expect(endings(tree)).toBe(expected(what, "UNSET cancelled"));
  });

  it("is any error to a tool or a node: nobody tells of their signal", async () => {
    const tree = await bench.tree(
      aborted("an agent whose tool fetches", new Error("the user pressed stop")),
      "handler",
    );
    expect(endings(tree)).toBe(
      [
        "invoke_agent planner UNSET cancelled",
        "  node model_request",
        "    gen_ai.chat",
        "  node tools ERROR error Error",
        "    execute_tool weather ERROR error Error",
      ].join("\n"),
    );
  });
});

describe("a time-out that was handled", () => {
  it.each(["instrumentation", "handler"] as const)(
    "does not make a later abort red, by the %s",
    async (by) => {
      const tree = await bench.tree(async (config) => {
        const hold = bench.server.hold("/slow");
        const abort = new AbortController();
        const run = new StateGraph(MessagesAnnotation)
          .addNode("hurried", async ({ messages }) => {
            const thinks = bench.server.hold("model");
            await expect(bench.server.model().invoke(messages, { timeout: 50 })).rejects.toThrow();
            thinks.release();
            return {};
          })
          .addNode("slow", () => bench.server.get("/slow").then(() => ({})))
          .addEdge(START, "hurried")
          .addEdge("hurried", "slow")
          .compile({ name: "patient" })
          .invoke(input, { ...config, signal: abort.signal });
        const settled = expect(run).rejects.toThrow();
        await hold.reached;
        abort.abort();
        await settled;
        hold.release();
      }, by);
      expect(endings(tree)).toBe(
        [
          "invoke_workflow patient UNSET cancelled",
          "  node hurried",
          "    gen_ai.chat ERROR error TimeoutError",
          "  node slow UNSET cancelled",
        ].join("\n"),
      );
    },
  );

  it("in the same node does not either", async () => {
    const tree = await bench.tree(async (config) => {
      const hold = bench.server.hold("/slow");
      const abort = new AbortController();
      const run = new StateGraph(MessagesAnnotation)
        .addNode("both", async ({ messages }) => {
          const thinks = bench.server.hold("model");
          await expect(bench.server.model().invoke(messages, { timeout: 50 })).rejects.toThrow();
          thinks.release();
          await bench.server.get("/slow");
          return {};
        })
        .addEdge(START, "both")
        .compile({ name: "patient" })
        .invoke(input, { ...config, signal: abort.signal });
      const settled = expect(run).rejects.toThrow();
      await hold.reached;
      abort.abort();
      await settled;
      hold.release();
    });
    expect(endings(tree)).toBe(
      [
        "invoke_workflow patient UNSET cancelled",
        "  node both UNSET cancelled",
        "    gen_ai.chat ERROR error TimeoutError",
      ].join("\n"),
    );
  });
});
