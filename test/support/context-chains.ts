import type { CallbackManagerForRetrieverRun } from "@langchain/core/callbacks/manager";
import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import {
  RunnableLambda,
  RunnableMap,
  RunnablePassthrough,
  RunnableSequence,
} from "@langchain/core/runnables";
import { VectorStore } from "@langchain/core/vectorstores";

import { call, drain, type Scenario, type Stage } from "./context-scenario.ts";

/** What goes on from one to the next: chains, and the retrievers in them. */
export const chainScenarios: readonly Scenario[] = [
  {
    name: "a sequence",
    run: (stage) => sequence(stage).invoke("#a"),
    expected: IN_SEQUENCE(),
  },
  {
    name: "a sequence, streamed, whose reader asks for something else",
    run: (stage) => drain(sequence(stage).stream("#a"), () => stage.get("#reader")),
    expected: ["GET #reader", ...IN_SEQUENCE()],
  },
  {
    name: "a sequence with a lambda that yields, streamed, whose reader asks for something else",
    run: ({ get, model }) => {
      const yielding = RunnableLambda.from(async function* (key: string, config: unknown) {
        yield await get(key, config);
        yield (await model().invoke("#in")).content;
        yield await get("#last");
      });
      const chain = RunnableLambda.from((key: string) => key)
        .pipe(yielding)
        .pipe(async (text: unknown) => text);
      return drain(chain.stream("#a"), () => get("#reader"));
    },
    expected: [
      "GET #reader",
      "chain RunnableSequence > chain RunnableLambda #a > GET #a",
      "chain RunnableSequence > chain RunnableLambda #a > GET #last",
      `chain RunnableSequence > chain RunnableLambda #a > ${call("#in")}`,
    ],
  },
  {
    name: "a batch of a sequence with maxConcurrency",
    run: ({ model, get }) =>
      RunnableSequence.from([
        async (key: string, config: object) => {
          await get(key, config);
          return key;
        },
        model(),
      ]).batch(["#a", "#b", "#c"], { maxConcurrency: 1 }),
    expected: ["#a", "#b", "#c"].flatMap((key) => [
      `chain RunnableSequence > chain RunnableLambda ${key} > GET ${key}`,
      `chain RunnableSequence > ${call(key)}`,
    ]),
  },
  {
    name: "branches that run at once",
    run: ({ model, get }) =>
      RunnableMap.from({
        one: RunnableLambda.from(() => "#a").pipe(model()),
        two: RunnableLambda.from((_: string, config) => get("#b", config)),
        three: RunnableLambda.from(() => "#c").pipe(model()),
      }).invoke("#in"),
    expected: [
      `chain RunnableMap > chain RunnableSequence > ${call("#a")}`,
      "chain RunnableMap > chain RunnableLambda #b > GET #b",
      `chain RunnableMap > chain RunnableSequence > ${call("#c")}`,
    ],
  },
  {
    name: "a retriever, called several times at once",
    async run(stage) {
      const library = new Library(stage);
      await Promise.all(["#a", "#b"].map((query) => library.invoke(query)));
    },
    expected: ["#a", "#b"].flatMap((key) => [
      `retrieval Library ${key} > span ${key}`,
      `retrieval Library ${key} > span ${key} > GET ${key}`,
    ]),
  },
  {
    name: "a retriever of a vector store, whose embeddings ask",
    run: ({ embeddings }) => new Shelf(embeddings(), {}).asRetriever().invoke("#a"),
    expected: ["retrieval VectorStoreRetriever > embeddings small > POST #a"],
  },
  {
    name: "retrieve, then ask",
    run: (stage) =>
      RunnableSequence.from([
        { context: new Library(stage), question: new RunnablePassthrough<string>() },
        ({ question }: { question: string }) => question,
        stage.model(),
      ])
        .stream("#a")
        .then((stream) => drain(stream)),
    expected: [
      "chain RunnableSequence > chain RunnableMap > retrieval Library #a > span #a",
      "chain RunnableSequence > chain RunnableMap > retrieval Library #a > span #a > GET #a",
      `chain RunnableSequence > ${call("#a")}`,
    ],
  },
];

// --- internal ---

/** Asks, then goes over what was answered piece by piece. */
function sequence({ model, get }: Stage): RunnableSequence<string, unknown> {
  let asked = false;
  return RunnableSequence.from([
    RunnableLambda.from(async (key: string, config) => {
      await get("#first", config);
      return key;
    }),
    model(),
    RunnableLambda.from(async (message: unknown, config) => {
      if (!asked) await get("#last", config);
      asked = true;
      return message;
    }),
  ]);
}

function IN_SEQUENCE(): readonly string[] {
  return [
    "chain RunnableSequence > chain RunnableLambda #first > GET #first",
    `chain RunnableSequence > ${call("#a")}`,
    "chain RunnableSequence > chain RunnableLambda #last > GET #last",
  ];
}

class Library extends BaseRetriever {
  lc_namespace = ["test"];
  readonly #stage: Stage;

  constructor(stage: Stage) {
    super();
    this.#stage = stage;
  }

  override async _getRelevantDocuments(
    query: string,
    run?: CallbackManagerForRetrieverRun,
  ): Promise<Document[]> {
    const pageContent = await this.#stage.span(query, () => this.#stage.get(query), run);
    return [new Document({ pageContent })];
  }
}

class Shelf extends VectorStore {
  override _vectorstoreType(): string {
    return "shelf";
  }

  override addVectors(): Promise<void> {
    return Promise.resolve();
  }

  override addDocuments(): Promise<void> {
    return Promise.resolve();
  }

  override similaritySearchVectorWithScore(): Promise<[Document, number][]> {
    return Promise.resolve([[new Document({ pageContent: "page" }), 1]]);
  }
}
