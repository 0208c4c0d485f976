import type { CallbackManagerForToolRun } from "@langchain/core/callbacks/manager";
import { RunnableLambda } from "@langchain/core/runnables";
import { StructuredTool, tool } from "@langchain/core/tools";
import { z } from "zod";

import { call, drain, inTurns, type Scenario, type Stage } from "./context-scenario.ts";

/** What does something when it is asked to: tools and lambdas. */
export const toolScenarios: readonly Scenario[] = [
  {
    name: "one tool, called several times at once",
    async run(stage) {
      const search = searching(stage);
      await Promise.all(["#a", "#b", "#c"].map((query) => search.invoke({ query })));
    },
    expected: ["#a", "#b", "#c"].map((key) => `execute_tool search ${key} > GET ${key}`),
  },
  {
    // It is checked without waiting, so that its run starts while its caller goes on.
    name: "a tool with a JSON schema, which is not awaited at once",
    async run({ get }) {
      const schema = { type: "object", properties: { query: { type: "string" } } } as const;
      const search = tool((input: unknown, config) => get((input as Query).query, config), {
        name: "search",
        description: "Searches",
        schema,
      });
      const found = search.invoke({ query: "#a" });
      await Promise.all([found, get("#beside")]);
      await get("#later");
    },
    expected: ["GET #beside", "GET #later", "execute_tool search #a > GET #a"],
  },
  {
    name: "a tool that is a class",
    run: (stage) => new Search(stage).invoke({ query: "#a" }),
    expected: ["execute_tool search #a > GET #a"],
  },
  {
    name: "a tool that yields its results",
    isNew: true,
    async run({ get }) {
      const search = tool(
        async function* ({ query }: Query, config: unknown) {
          yield await get(query, config);
          return await get(query);
        },
        { name: "search", description: "Searches", schema: QUERY },
      );
      await search.invoke({ query: "#a" });
    },
    expected: ["execute_tool search #a > GET #a", "execute_tool search #a > GET #a"],
  },
  {
    name: "a model below a span that the application opened in a tool",
    async run({ model, span, get }) {
      const plan = tool(
        async ({ query }: Query, config: unknown) => {
          await span("#own", () => model().invoke("#in"), config);
          await model().invoke("#beside");
          return get(query);
        },
        { name: "plan", description: "Plans", schema: QUERY },
      );
      await plan.invoke({ query: "#a" });
    },
    expected: [
      "execute_tool plan #own > GET #a",
      `execute_tool plan #own > ${call("#beside")}`,
      "execute_tool plan #own > span #own",
      `execute_tool plan #own > span #own > ${call("#in")}`,
    ],
  },
  {
    name: "a tool that calls a tool, in a span of the application's and beside it",
    async run(stage) {
      const inner = searching(stage);
      const outer = tool(
        async ({ query }: Query, config) => {
          await stage.span(query, () => inner.invoke({ query: "#in" }), config);
          return inner.invoke({ query: "#beside" }, config);
        },
        { name: "outer", description: "Asks another tool", schema: QUERY },
      );
      await outer.invoke({ query: "#a" });
    },
    expected: [
      "execute_tool outer #a > execute_tool search #beside > GET #beside",
      "execute_tool outer #a > span #a",
      "execute_tool outer #a > span #a > execute_tool search #in > GET #in",
    ],
  },
  {
    name: "a lambda, called several times at once",
    async run(stage) {
      const ask = asking(stage);
      await Promise.all([ask.invoke("#a"), ask.invoke("#b")]);
    },
    expected: ["#a", "#b"].flatMap(asked),
  },
  {
    name: "a batch of a lambda with maxConcurrency",
    run: (stage) => asking(stage).batch(["#a", "#b", "#c"], { maxConcurrency: 1 }),
    expected: ["#a", "#b", "#c"].flatMap(asked),
  },
  {
    name: "a lambda that answers with a model, which LangChain calls",
    run: ({ model, get }) =>
      RunnableLambda.from(async (_: string, config) => {
        await get("#lambda", config);
        return model();
      }).invoke("#a"),
    expected: [
      "chain RunnableLambda #lambda > GET #lambda",
      `chain RunnableLambda #lambda > ${call("#a")}`,
    ],
  },
  {
    name: "a lambda that yields, invoked",
    run: (stage) => yielding(stage).invoke("#a"),
    expected: YIELDED(),
  },
  {
    name: "a lambda that yields, streamed, whose reader asks for something else",
    run: (stage) => drain(yielding(stage).stream("#a"), () => stage.get("#reader")),
    expected: ["GET #reader", ...YIELDED()],
  },
  {
    name: "lambdas that yield, read in turns",
    async run({ get }) {
      const pages = RunnableLambda.from(async function* (key: string, config: unknown) {
        yield await get(key, config);
        yield await get(key);
      }) as RunnableLambda<string, unknown>;
      await inTurns(await pages.stream("#a"), await pages.stream("#b"));
    },
    expected: ["#a", "#a", "#b", "#b"].map((key) => `chain RunnableLambda ${key} > GET ${key}`),
  },
];

// --- internal ---

interface Query {
  readonly query: string;
}

const QUERY = z.object({ query: z.string() });

function YIELDED(): readonly string[] {
  const lambda = "chain RunnableLambda #a";
  return [
    `${lambda} > GET #a`,
    `${lambda} > span #own`,
    `${lambda} > span #own > ${call("#in")}`,
    `${lambda} > ${call("#last")}`,
  ];
}

function asked(key: string): readonly string[] {
  return [`chain RunnableLambda ${key} > GET ${key}`, `chain RunnableLambda ${key} > ${call(key)}`];
}

function searching({ get }: Stage) {
  return tool(({ query }: Query, config: unknown) => get(query, config), {
    name: "search",
    description: "Searches",
    schema: QUERY,
  });
}

function asking({ get, model }: Stage): RunnableLambda<string, unknown> {
  return RunnableLambda.from(async (key: string, config) => {
    await get(key, config);
    return model().invoke(key);
  });
}

function yielding({ get, model, span }: Stage): RunnableLambda<string, unknown> {
  return RunnableLambda.from(async function* (key: string, config: unknown) {
    yield await get(key, config);
    yield await span("#own", () => model().invoke("#in"));
    yield await model().invoke("#last");
  }) as RunnableLambda<string, unknown>;
}

class Search extends StructuredTool {
  override name = "search";
  override description = "Searches";
  override schema = QUERY;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    super();
    this.#stage = stage;
  }

  protected override _call({ query }: Query, run?: CallbackManagerForToolRun): Promise<string> {
    return this.#stage.get(query, run);
  }
}
