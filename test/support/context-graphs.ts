import {
  Annotation,
  END,
  entrypoint,
  getConfig,
  Send,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";

import { call, drain, type Scenario, type Stage } from "./context-scenario.ts";

/** Graphs, with their nodes and tasks. */
export const graphScenarios: readonly Scenario[] = [
  {
    name: "a graph's node, which has a span of the application's",
    run: (stage) => graphOf(working(stage)).invoke({ key: "#a" }),
    expected: worked("invoke_workflow > node work"),
  },
  ...(["values", "updates", "messages", "debug"] as const).map((streamMode) => ({
    name: `a graph that is streamed (${streamMode}), whose reader asks for something else`,
    run: (stage: Stage) =>
      drain(graphOf(working(stage)).stream({ key: "#a" }, { streamMode }), async () =>
        stage.get("#reader"),
      ),
    expected: ["GET #reader", ...worked("invoke_workflow > node work")],
  })),
  {
    name: "a graph's events (v2)",
    run: (stage) =>
      drain(graphOf(working(stage)).streamEvents({ key: "#a" }, { version: "v2" }), () =>
        stage.get("#reader"),
      ),
    expected: ["GET #reader", ...worked("invoke_workflow > node work")],
  },
  {
    name: "a graph's events (v3), which make its models stream theirs",
    isNew: true,
    run: async (stage) =>
      drain(
        (await graphOf(working(stage)).streamEvents(
          { key: "#a" },
          { version: "v3" },
        )) as AsyncIterable<unknown>,
        () => stage.get("#reader"),
      ),
    expected: ["GET #reader", ...worked("invoke_workflow > node work")],
  },
  {
    name: "a fan-out by Send",
    run: ({ model, get }) =>
      new StateGraph(State)
        .addNode("work", async ({ key }, config) => {
          await get(key, config);
          await model().invoke(key);
          return {};
        })
        .addConditionalEdges(START, () =>
          ["#a", "#b", "#c"].map((key) => new Send("work", { key })),
        )
        .addEdge("work", END)
        .compile()
        .invoke({ key: "#in" }),
    expected: ["#a", "#b", "#c"].flatMap((key) => [
      `invoke_workflow > node work ${key} > GET ${key}`,
      `invoke_workflow > node work ${key} > ${call(key)}`,
    ]),
  },
  {
    name: "branches of a graph that run at once, and where they join",
    run: ({ model, get }) =>
      new StateGraph(State)
        .addNode("left", async (_, config) => (await get("#left", config), {}))
        .addNode("right", async () => (await model().invoke("#right"), {}))
        .addNode("join", async (_, config) => (await get("#join", config), {}))
        .addEdge(START, "left")
        .addEdge(START, "right")
        .addEdge(["left", "right"], "join")
        .compile()
        .invoke({ key: "#in" }),
    expected: [
      "invoke_workflow > node join #join > GET #join",
      "invoke_workflow > node left #left > GET #left",
      `invoke_workflow > node right > ${call("#right")}`,
    ],
  },
  {
    name: "a choice between nodes, which asks a model",
    run: ({ model }) =>
      new StateGraph(State)
        .addNode("first", () => ({}))
        .addNode("last", () => ({}))
        .addEdge(START, "first")
        .addConditionalEdges("first", async () => (await model().invoke("#route"), "last"), [
          "last",
        ])
        .compile()
        .invoke({ key: "#in" }),
    expected: [`invoke_workflow > node first > chain RunnableLambda > ${call("#route")}`],
    expectedOld: [`invoke_workflow > node first > chain Branch<first,last> > ${call("#route")}`],
  },
  {
    name: "a graph that is a node of another",
    run: (stage) =>
      new StateGraph(State)
        .addNode("inner", graphOf(working(stage)))
        .addEdge(START, "inner")
        .compile({ name: "outer" })
        .invoke({ key: "#a" }),
    expected: worked("invoke_workflow outer > node inner > invoke_workflow > node work"),
  },
  {
    name: "graphs that a node calls, in a span of the application's and beside it",
    run: (stage) =>
      graphOf(async (state, config) => {
        const inner = graphOf(async ({ key }, own) => (await stage.get(key, own), {}));
        await stage.span("#own", () => inner.invoke({ key: "#in" }), config);
        await inner.invoke({ key: "#beside" }, config as object);
        return state;
      }).invoke({ key: "#a" }),
    expected: [
      "invoke_workflow > node work #own > invoke_workflow > node work #beside > GET #beside",
      "invoke_workflow > node work #own > span #own",
      "invoke_workflow > node work #own > span #own > invoke_workflow > node work #in > GET #in",
    ],
  },
  {
    name: "a node that embeds",
    run: ({ embeddings }) =>
      graphOf(async ({ key }) => {
        await embeddings().embedDocuments([key]);
        await embeddings().embedQuery("#query");
        return {};
      }).invoke({ key: "#a" }),
    expected: [
      "invoke_workflow > node work > embeddings small > POST #a",
      "invoke_workflow > node work > embeddings small > POST #query",
    ],
  },
  {
    name: "a node that is tried again",
    run: ({ get }) => {
      let tries = 0;
      return new StateGraph(State)
        .addNode(
          "work",
          async (_, config) => {
            await get(`#try${++tries}`, config);
            if (tries === 1) throw new Error("once more");
            return {};
          },
          { retryPolicy: { maxAttempts: 2, initialInterval: 1, logWarning: false } },
        )
        .addEdge(START, "work")
        .compile()
        .invoke({ key: "#a" });
    },
    expected: [
      "invoke_workflow > node work #try1 > GET #try1",
      "invoke_workflow > node work #try2 > GET #try2",
    ],
  },
  {
    name: "tasks of the functional API that run at once",
    run({ model, get }) {
      const look = task("look", (key: string) => get(key, getConfig()));
      const think = task("think", async (key: string) => {
        await get(key, getConfig());
        return (await model().invoke(key)).content;
      });
      return entrypoint("flow", async (key: string) => {
        await Promise.all([look("#a"), look("#b"), think("#c"), think("#d")]);
        return get(key);
      }).invoke("#in");
    },
    expected: [
      "invoke_workflow flow > node flow > GET #in",
      "invoke_workflow flow > node look #a > GET #a",
      "invoke_workflow flow > node look #b > GET #b",
      ...["#c", "#d"].flatMap((key) => [
        `invoke_workflow flow > node think ${key} > GET ${key}`,
        `invoke_workflow flow > node think ${key} > ${call(key)}`,
      ]),
    ],
  },
];

/** A graph of one node. */
export function graphOf(work: Work) {
  return new StateGraph(State).addNode("work", work).addEdge(START, "work").compile();
}

// --- internal ---

const State = Annotation.Root({ key: Annotation<string> });

type Work = (state: typeof State.State, config: unknown) => Promise<Partial<typeof State.State>>;

/** Asks in a span of its own, and beside it. */
function working({ get, model, span }: Stage): Work {
  return async ({ key }, config) => {
    await span("#own", () => model().invoke("#in"), config);
    await get(key);
    await model().invoke("#beside");
    return {};
  };
}

function worked(node: string): readonly string[] {
  return [
    `${node} #own > GET #a`,
    `${node} #own > ${call("#beside")}`,
    `${node} #own > span #own`,
    `${node} #own > span #own > ${call("#in")}`,
  ];
}
