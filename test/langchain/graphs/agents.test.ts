import {
  Command,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { createAgent, createMiddleware, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { flat, graphBench, outline, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "Plan a trip" }] };
const schema = z.object({ query: z.string() });

/** A tool that fetches. */
const fetching = (name: string) =>
  tool(({ query }: { query: string }) => bench.server.get(`/${query}`), {
    name,
    description: `Looks up ${name}`,
    schema,
  });

describe("an agent with two tools that fetch at once", () => {
  const twoTools =
    (name?: string): Program =>
    (config) =>
      createAgent({
        model: bench.server.model(),
        tools: [fetching("weather"), fetching("sights")],
        ...(name === undefined ? {} : { name }),
      }).invoke(input, config);

  it("has its whole tree, each request below its tool", async () => {
    await bench.expectTree((config) =>
      createAgent({
        model: bench.server.model(),
        tools: [fetching("weather"), fetching("sights")],
        name: "planner",
        checkpointer: new MemorySaver(),
      }).invoke(input, { ...config, configurable: { thread_id: "trip-1" } }),
    );
  });

  it("without a name is an agent all the same", async () => {
    await bench.expectTree(twoTools());
  });

  it("streamed has the same spans", async () => {
    const invoked = outline(await bench.tree(twoTools("planner")));
    const streamed = await bench.tree(async (config) => {
      const agent = createAgent({
        model: bench.server.model(),
        tools: [fetching("weather"), fetching("sights")],
        name: "planner",
      });
      for await (const _ of await agent.stream(input, { ...config, streamMode: "messages" }));
    });
    expect(outline(streamed)).toEqual(invoked);
  });

  it("says its name and its conversation on every span below, and on no other agent's", async () => {
    const spans = flat(
      await bench.tree((config) =>
        createAgent({
          model: bench.server.model(),
          tools: [fetching("weather")],
          name: "planner",
        }).invoke(input, { ...config, configurable: { thread_id: "trip-2" } }),
      ),
    ).filter(({ attributes }) => attributes["url.path"] === undefined);
    expect(spans).toHaveLength(7);
    for (const { name, attributes } of spans) {
      expect([name, attributes["gen_ai.agent.name"], attributes["gen_ai.conversation.id"]]).toEqual(
        [name, "planner", "trip-2"],
      );
    }
  });
});

describe("a supervisor with two sub-agents that it calls as tools", () => {
  const agents: Program = (config) => {
    const ask = (name: string, tools: ReturnType<typeof fetching>[]) => {
      const agent = createAgent({ model: bench.server.model(), tools, name });
      return tool(
        async ({ query }: { query: string }) => {
          const { messages } = await agent.invoke({ messages: [{ role: "user", content: query }] });
          return String(messages.at(-1)?.content);
        },
        { name: `ask_${name}`, description: `Asks the ${name}`, schema },
      );
    };
    return createAgent({
      model: bench.server.model(),
      tools: [ask("researcher", [fetching("papers")]), ask("writer", [])],
      name: "supervisor",
    }).invoke(input, { ...config, configurable: { thread_id: "team" } });
  };

  it("has its whole tree, each agent below its tool", async () => {
    await bench.expectTree(agents);
  });

  it("counts tokens for each agent and, above them, for all", async () => {
    const spans = flat(await bench.tree(agents)).filter(({ name }) => name.startsWith("invoke_"));
    expect(
      spans
        .map(({ name, attributes }) => [
          name,
          attributes["gen_ai.usage.input_tokens"],
          attributes["gen_ai.usage.output_tokens"],
          attributes["langchain.tokens.total"],
        ])
        .toSorted(),
    ).toEqual([
      ["invoke_agent researcher", 200, 40, 240],
      ["invoke_agent supervisor", 500, 100, 600],
      ["invoke_agent writer", 100, 20, 120],
    ]);
  });
});

/** A tool that asks an agent or a graph, in each of the ways in which it can be asked. */
const asking = (
  asked: { invoke(input: unknown, config?: object): Promise<unknown> },
  passesConfig: boolean,
  name = "ask",
) =>
  tool(
    async (_: unknown, config) => {
      await asked.invoke(input, passesConfig ? config : undefined);
      return "ok";
    },
    { name, description: "Asks", schema },
  );

const agentOf = (name: string | undefined, ...tools: ReturnType<typeof asking>[]) =>
  createAgent({
    model: bench.server.model(),
    tools,
    ...(name === undefined ? {} : { name }),
  }) as never as { invoke(input: unknown, config?: object): Promise<unknown> };

/** Each span with the agent that it says it belongs to. */
const owners = (tree: Parameters<typeof outline>[0]) =>
  outline(tree, ({ name, attributes }) =>
    attributes["url.path"] === undefined
      ? `${name} (${String(attributes["gen_ai.agent.name"] ?? "")})`
      : undefined,
  );

describe.each(["instrumentation", "handler"] as const)("seen by the %s", (by) => {
  describe.each([true, false])("a sub-agent that is given its caller's config: %s", (passes) => {
    it.each([["researcher"], [undefined]])(
      "is an agent of its own name, and so is all that is below it: %s",
      async (name) => {
        const inner = () => agentOf(name, asking(agentOf("writer"), passes, "write"));
        const tree = await bench.tree(
          (config) => agentOf("boss", asking(inner(), passes)).invoke(input, config),
          by,
        );
        const own = name ?? "";
        expect(owners(tree)).toBe(
          [
            "invoke_agent boss (boss)",
            "  node model_request (boss)",
            "    gen_ai.chat (boss)",
            "  node model_request (boss)",
            "    gen_ai.chat (boss)",
            "  node tools (boss)",
            "    execute_tool ask (boss)",
            `      ${`invoke_agent ${own}`.trim()} (${own})`,
            `        node model_request (${own})`,
            `          gen_ai.chat (${own})`,
            `        node model_request (${own})`,
            `          gen_ai.chat (${own})`,
            `        node tools (${own})`,
            `          execute_tool write (${own})`,
            "            invoke_agent writer (writer)",
            "              node model_request (writer)",
            "                gen_ai.chat (writer)",
          ].join("\n"),
        );
        expect(flat(tree).filter((span) => "gen_ai.workflow.name" in span.attributes)).toEqual([]);
      },
    );

    it.each([["report"], [undefined]])("is none when it is another graph: %s", async (name) => {
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("work", () => ({}))
        .addEdge(START, "work")
        .compile(name === undefined ? {} : { name });
      const tree = await bench.tree(
        (config) => agentOf("boss", asking(graph, passes)).invoke(input, config),
        by,
      );
      const [run] = flat(tree).filter((span) => span.name.startsWith("invoke_workflow"));
      expect(run).toMatchObject({
        name: ["invoke_workflow", name].join(" ").trim(),
        attributes: { "gen_ai.agent.name": "boss", "gen_ai.operation.name": "invoke_workflow" },
      });
      expect(run?.attributes["gen_ai.workflow.name"]).toBe(name);
    });
  });

  it("a sub-agent without a name has the one that is given for those", async () => {
    const tree = await bench.tree(
      (config) => agentOf("boss", asking(agentOf(undefined), true)).invoke(input, config),
      by,
      { agentName: "service" },
    );
    const [run] = flat(tree).filter((span) => span.name === "invoke_agent service");
    expect(owners(run === undefined ? [] : [run])).toBe(
      [
        "invoke_agent service (service)",
        "  node model_request (service)",
        "    gen_ai.chat (service)",
      ].join("\n"),
    );
  });

  it("a sub-agent that begins with a middleware is one from there on", async () => {
    const middleware = createMiddleware({ name: "Audit", beforeAgent: () => undefined });
    const inner = createAgent({
      model: bench.server.model(),
      tools: [],
      name: "sub",
      middleware: [middleware],
    });
    const tree = await bench.tree(
      (config) => agentOf("boss", asking(inner as never, true)).invoke(input, config),
      by,
    );
    const [run] = flat(tree).filter((span) => span.name === "invoke_agent sub");
    expect(owners(run === undefined ? [] : [run])).toBe(
      [
        "invoke_agent sub (sub)",
        "  node Audit.before_agent (sub)",
        "  node model_request (sub)",
        "    gen_ai.chat (sub)",
      ].join("\n"),
    );
  });

  it("an agent that is given a name for this run only is that agent", async () => {
    const tree = await bench.tree(
      (config) => agentOf("boss").invoke(input, { ...config, runName: "Tuesday's trip" }),
      by,
    );
    expect(owners(tree)).toBe(
      ["invoke_agent boss (boss)", "  node model_request (boss)", "    gen_ai.chat (boss)"].join(
        "\n",
      ),
    );
  });
});

it("a sub-agent that goes on in its tools, and not where agents begin, is known by its graph", async () => {
  const tree = await bench.tree(async (config) => {
    const pay = tool(() => String(interrupt("ok?")), { name: "pay", description: "Pays", schema });
    const inner = createAgent({ model: bench.server.model(), tools: [pay], name: "cashier" });
    const agent = createAgent({
      model: bench.server.model(),
      tools: [asking(inner as never, true)],
      name: "boss",
      checkpointer: new MemorySaver(),
    });
    const options = { ...config, configurable: { thread_id: "t-4" } };
    await agent.invoke(input, options);
    await agent.invoke(new Command({ resume: "yes" }) as never, options);
  });
  expect(owners(tree.slice(1))).toBe(
    [
      "invoke_agent boss (boss)",
      "  node model_request (boss)",
      "    gen_ai.chat (boss)",
      "  node tools (boss)",
      "    execute_tool ask (boss)",
      "      invoke_agent cashier (cashier)",
      "        node model_request (cashier)",
      "          gen_ai.chat (cashier)",
      "        node tools (cashier)",
      "          execute_tool pay (cashier)",
    ].join("\n"),
  );
});

it("a graph in an agent that fails before its first node still has its name", async () => {
  const tree = await bench.tree((config) => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("work", () => ({}))
      .addEdge(START, "work")
      .compile({ name: "report" });
    const asked = { invoke: (_: unknown, options?: object) => graph.invoke(null, options) };
    return agentOf("boss", asking(asked, true)).invoke(input, config);
  }, "handler");
  const [run] = flat(tree).filter((span) => span.name === "invoke_workflow report");
  expect(run).toMatchObject({
    status: "ERROR",
    attributes: { "gen_ai.agent.name": "boss", "gen_ai.workflow.name": "report" },
  });
});

describe.each(["instrumentation", "handler"] as const)("LangGraph's own agent, by the %s", (by) => {
  const prebuilt = (metadata?: Record<string, string>) =>
    bench.tree(
      (config) =>
        createReactAgent({
          llm: bench.server.model(),
          tools: [fetching("weather")],
          name: "planner",
        }).invoke(input as never, { ...config, ...(metadata && { metadata }) }),
      by,
    );

  it("is a graph like any other, for nothing marks it", async () => {
    const [root] = await prebuilt();
    expect(root?.name).toBe("invoke_workflow planner");
  });

  it("is an agent when the application says so", async () => {
    const [root] = await prebuilt({ lc_agent_name: "planner" });
    expect(root).toMatchObject({
      name: "invoke_agent planner",
      attributes: { "gen_ai.agent.name": "planner", "gen_ai.operation.name": "invoke_agent" },
    });
  });
});

describe("an agent in a graph of another kind", () => {
  const planner = () =>
    createAgent({ model: bench.server.model(), tools: [fetching("weather")], name: "planner" });

  it("that a node calls is an agent below that node", async () => {
    await bench.expectTree((config) =>
      new StateGraph(MessagesAnnotation)
        .addNode("plan", async (state) => {
          const { messages } = await planner().invoke(state);
          return { messages: messages.slice(-1) };
        })
        .addEdge(START, "plan")
        .compile({ name: "trips" })
        .invoke(input, config),
    );
  });

  it("that is a node is an agent below that node", async () => {
    expect(
      outline(
        await bench.tree((config) =>
          new StateGraph(MessagesAnnotation)
            .addNode("plan", planner().graph)
            .addEdge(START, "plan")
            .compile({ name: "trips" })
            .invoke(input, config),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "invoke_workflow trips
        node plan
          invoke_agent planner
            node model_request
              gen_ai.chat
                POST
            node model_request
              gen_ai.chat
                POST
            node tools
              execute_tool weather
                GET"
    `);
  });

  it("without a name, in a tool of an agent that has one, is an agent of no name", async () => {
    expect(
      outline(
        await bench.tree((config) => {
          const inner = createAgent({ model: bench.server.model(), tools: [] });
          const ask = tool(
            async ({ query }: { query: string }) => {
              await inner.invoke({ messages: [{ role: "user", content: query }] });
              return "ok";
            },
            { name: "ask", description: "Asks", schema },
          );
          return createAgent({ model: bench.server.model(), tools: [ask], name: "boss" }).invoke(
            input,
            config,
          );
        }),
      ),
    ).toMatchInlineSnapshot(`
      "invoke_agent boss
        node model_request
          gen_ai.chat
            POST
        node model_request
          gen_ai.chat
            POST
        node tools
          execute_tool ask
            invoke_agent
              node model_request
                gen_ai.chat
                  POST"
    `);
  });
});

it("a graph in a tool of an agent is no agent, with a name or without", async () => {
  const tree = await bench.tree((config) => {
    const graph = (name?: string) =>
      new StateGraph(MessagesAnnotation)
        .addNode("work", () => ({}))
        .addEdge(START, "work")
        .compile(name === undefined ? {} : { name });
    const run = tool(
      async () => {
        await graph("report").invoke(input);
        await graph().invoke(input);
        return "ok";
      },
      { name: "run", description: "Runs", schema },
    );
    return createAgent({ model: bench.server.model(), tools: [run] }).invoke(input, config);
  });
  expect(outline(tree)).toMatchInlineSnapshot(`
    "invoke_agent
      node model_request
        gen_ai.chat
          POST
      node model_request
        gen_ai.chat
          POST
      node tools
        execute_tool run
          invoke_workflow report
            node work
          invoke_workflow
            node work"
  `);
});

it("a sub-agent without a name is no run of the agent that calls it", async () => {
  await bench.tree((config) => {
    const inner = createAgent({ model: bench.server.model(), tools: [] });
    const ask = tool(() => inner.invoke(input).then(() => "ok"), {
      name: "ask",
      description: "Asks",
      schema,
    });
    return createAgent({ model: bench.server.model(), tools: [ask], name: "boss" }).invoke(
      input,
      config,
    );
  });
  expect(
    await bench.measured(
      "gen_ai.invoke_agent.duration",
      "gen_ai.invoke_workflow.duration",
      "langchain.agent.runs",
    ),
  ).toEqual({
    "gen_ai.invoke_agent.duration": [
      [{ "gen_ai.agent.name": "boss" }, 1],
      [{}, 1],
    ],
    "langchain.agent.runs": [
      [{ "gen_ai.agent.name": "boss", pattern: "react", status: "ok" }, 1],
      [{ pattern: "react", status: "ok" }, 1],
    ],
  });
});

it("a direct event stream (v3) in a tool belongs to the agent, with its tokens", async () => {
  const tree = await bench.tree((config) => {
    const ask = tool(
      async ({ query }: { query: string }) => {
        for await (const _ of bench.server.model().streamEvents(query));
        return "ok";
      },
      { name: "ask", description: "Asks", schema },
    );
    return createAgent({ model: bench.server.model(), tools: [ask], name: "boss" }).invoke(input, {
      ...config,
      configurable: { thread_id: "t-3" },
    });
  });
  const [direct] = flat(tree).filter(
    ({ name, attributes }) =>
      name === "gen_ai.chat" && attributes["langchain.run.id"] === undefined,
  );
  expect(direct?.attributes).toMatchObject({
    "gen_ai.agent.name": "boss",
    "gen_ai.conversation.id": "t-3",
    "gen_ai.usage.input_tokens": 100,
  });
  expect(tree[0]?.attributes).toMatchObject({
    "gen_ai.usage.input_tokens": 300,
    "langchain.tokens.total": 360,
  });
});

it("an agent's middleware are nodes", async () => {
  const middleware = createMiddleware({
    name: "Audit",
    beforeAgent: () => undefined,
    beforeModel: () => undefined,
    afterModel: () => undefined,
    afterAgent: () => undefined,
    wrapModelCall: (request, handler) => handler(request),
  });
  expect(
    outline(
      await bench.tree((config) =>
        createAgent({
          model: bench.server.model(),
          tools: [],
          name: "planner",
          middleware: [middleware],
        }).invoke(input, config),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "invoke_agent planner
      node Audit.after_agent
      node Audit.after_model
      node Audit.before_agent
      node Audit.before_model
      node model_request
        gen_ai.chat
          POST"
  `);
});
