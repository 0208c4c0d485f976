import {
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { createAgent, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { graphBench, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "hi" }] };
const active = "langchain.sessions.active";

const agent = (run: (query: string) => unknown, name = "planner") =>
  createAgent({
    model: bench.server.model(),
    tools: [
      tool(({ query }: { query: string }) => run(query), {
        name: "weather",
        description: "The weather",
        schema: z.object({ query: z.string() }),
      }),
    ],
    name,
    checkpointer: new MemorySaver(),
  });

const workflow = (node: () => unknown, name?: string) =>
  new StateGraph(MessagesAnnotation)
    .addNode("work", async () => {
      await node();
      return {};
    })
    .addEdge(START, "work")
    .compile({ checkpointer: new MemorySaver(), ...(name === undefined ? {} : { name }) });

let threads = 0;
/** A conversation of its own. */
const thread = () => ({ configurable: { thread_id: `t-${(threads += 1)}` } });

describe("agents and tools", () => {
  it("have durations, and are counted by how they ended", async () => {
    await bench.tree((config) =>
      agent((query) => bench.server.get(`/${query}`)).invoke(input, { ...config, ...thread() }),
    );
    const named = { "gen_ai.agent.name": "planner" };
    const toolName = { "gen_ai.tool.name": "weather" };
    expect(
      await bench.measured(
        "gen_ai.invoke_agent.duration",
        "gen_ai.execute_tool.duration",
        "gen_ai.invoke_workflow.duration",
        "langchain.agent.runs",
        "langchain.tool.calls",
        active,
      ),
    ).toEqual({
      "gen_ai.invoke_agent.duration": [[named, 1]],
      "gen_ai.execute_tool.duration": [
        [{ ...named, ...toolName, "gen_ai.tool.type": "function" }, 1],
      ],
      "langchain.agent.runs": [[{ ...named, pattern: "react", status: "ok" }, 1]],
      "langchain.tool.calls": [[{ ...named, ...toolName, status: "ok" }, 1]],
      [active]: [[named, 0]],
    });
  });

  it("agree with their spans on what failed: a tool whose agent handles it", async () => {
    await bench.tree((config) =>
      agent(() => {
        throw new RangeError("no such city");
      }).invoke(input, { ...config, ...thread() }),
    );
    const measured = await bench.measured(
      "gen_ai.invoke_agent.duration",
      "gen_ai.execute_tool.duration",
      "langchain.agent.runs",
      "langchain.tool.calls",
    );
    const named = { "gen_ai.agent.name": "planner" };
    const toolName = { "gen_ai.tool.name": "weather" };
    expect(measured).toEqual({
      "gen_ai.invoke_agent.duration": [[named, 1]],
      "gen_ai.execute_tool.duration": [
        [{ ...named, ...toolName, "gen_ai.tool.type": "function", "error.type": "RangeError" }, 1],
      ],
      "langchain.agent.runs": [[{ ...named, pattern: "react", status: "ok" }, 1]],
      "langchain.tool.calls": [[{ ...named, ...toolName, status: "error" }, 1]],
    });
  });
});

describe("workflows", () => {
  it("have a duration by their name, and none for the nodes in them", async () => {
    await bench.tree((config) =>
      workflow(() => undefined, "mail").invoke(input, { ...config, ...thread() }),
    );
    await bench.tree((config) =>
      workflow(() => undefined).invoke(input, { ...config, ...thread() }),
    );
    expect(await bench.measured("gen_ai.invoke_workflow.duration", active)).toEqual({
      "gen_ai.invoke_workflow.duration": [[{}, 1]],
      [active]: [[{}, 0]],
    });
  });

  it("that fail have the type of the error", async () => {
    await bench.tree(async (config) => {
      const run = workflow(() => {
        throw new RangeError("out of range");
      }, "mail").invoke(input, { ...config, ...thread() });
      await expect(run).rejects.toThrow("out of range");
    });
    expect(await bench.measured("gen_ai.invoke_workflow.duration")).toEqual({
      "gen_ai.invoke_workflow.duration": [
        [{ "gen_ai.workflow.name": "mail", "error.type": "RangeError" }, 1],
      ],
    });
  });
});

describe("how an agent's run ended", () => {
  const endings: Record<string, { run: Program; status: string }> = {
    well: {
      run: (config) => agent(() => "sunny").invoke(input, { ...config, ...thread() }),
      status: "ok",
    },
    "in an error": {
      run: (config) =>
        agent(() => "sunny")
          .invoke(input, { ...config, ...thread(), recursionLimit: 2 })
          .catch(() => undefined),
      status: "error",
    },
    aborted: {
      run: async (config) => {
        const hold = bench.server.hold("/weather");
        const abort = new AbortController();
        const run = agent((query) => bench.server.get(`/${query}`))
          .invoke(input, { ...config, ...thread(), signal: abort.signal })
          .catch(() => undefined);
        await hold.reached;
        abort.abort();
        await run;
        hold.release();
      },
      status: "cancelled",
    },
    "waiting for a person": {
      run: (config) => agent(() => interrupt("ok?")).invoke(input, { ...config, ...thread() }),
      status: "interrupted",
    },
  };

  it.each(Object.keys(endings))("%s is its status, and its session is over", async (how) => {
    for (const by of ["instrumentation", "handler"] as const) {
      const { run, status } = endings[how] ?? expect.unreachable();
      await bench.tree(run, by);
      expect(await bench.measured("langchain.agent.runs", active)).toEqual({
        "langchain.agent.runs": [[{ "gen_ai.agent.name": "planner", pattern: "react", status }, 1]],
        [active]: [[{ "gen_ai.agent.name": "planner" }, 0]],
      });
    }
  });
});

describe("sessions", () => {
  it("are three while three conversations are at work, and none after", async () => {
    await bench.tree(async (config) => {
      const holds = ["/a", "/b", "/c"].map((path) => ({ path, hold: bench.server.hold(path) }));
      const runs = holds.map(({ path }) =>
        workflow(() => bench.server.get(path)).invoke(input, { ...config, ...thread() }),
      );
      await Promise.all(holds.map(({ hold }) => hold.reached));
      expect(await bench.measured(active)).toEqual({ [active]: [[{}, 3]] });
      for (const { hold } of holds) hold.release();
      await Promise.all(runs);
    });
    expect(await bench.measured(active)).toEqual({ [active]: [[{}, 0]] });
  });

  it("are one while one conversation has three graphs at work, and without one a session each", async () => {
    for (const [conversation, sessions] of [
      ["shared", 1],
      [undefined, 3],
    ] as const) {
      await bench.tree(async (config) => {
        const holds = ["/a", "/b", "/c"].map((path) => ({ path, hold: bench.server.hold(path) }));
        const runs = holds.map(({ path }) =>
          new StateGraph(MessagesAnnotation)
            .addNode("work", () => bench.server.get(path).then(() => ({})))
            .addEdge(START, "work")
            .compile()
            .invoke(input, {
              ...config,
              ...(conversation === undefined ? {} : { metadata: { session_id: conversation } }),
            }),
        );
        await Promise.all(holds.map(({ hold }) => hold.reached));
        expect(await bench.measured(active)).toEqual({ [active]: [[{}, sessions]] });
        for (const { hold } of holds) hold.release();
        await Promise.all(runs);
      });
      expect(await bench.measured(active)).toEqual({ [active]: [[{}, 0]] });
    }
  });

  it("count an agent in a graph with that graph", async () => {
    await bench.tree(async (config) => {
      const hold = bench.server.hold("/weather");
      const run = workflow(() =>
        agent((query) => bench.server.get(`/${query}`)).invoke(input, thread()),
      ).invoke(input, { ...config, ...thread() });
      await hold.reached;
      expect(await bench.measured(active)).toEqual({ [active]: [[{}, 1]] });
      hold.release();
      await run;
    });
    expect(await bench.measured(active)).toEqual({ [active]: [[{}, 0]] });
  });

  it("count down what they counted up when a graph turns out to be another agent", async () => {
    await bench.tree(async (config) => {
      const inner = createAgent({ model: bench.server.model(), tools: [] });
      const ask = tool(
        (_: unknown, { metadata }) =>
          // Only the inner one is traced; it has the metadata of the outer one.
          inner.invoke(input, { ...config, metadata }).then(() => "ok"),
        { name: "ask", schema: z.object({ query: z.string() }) },
      );
      await createAgent({ model: bench.server.model(), tools: [ask], name: "planner" }).invoke(
        input,
      );
    }, "handler");
    expect(await bench.measured("langchain.agent.runs", active)).toEqual({
      "langchain.agent.runs": [[{ pattern: "react", status: "ok" }, 1]],
      [active]: [[{ "gen_ai.agent.name": "planner" }, 0]],
    });
  });
});
