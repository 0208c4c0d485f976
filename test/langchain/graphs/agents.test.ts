import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
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
