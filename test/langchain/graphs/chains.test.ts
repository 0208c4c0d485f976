import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda, RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { FakeVectorStore } from "@langchain/core/utils/testing";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { OpenAIEmbeddings } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EmbeddingsServer, startEmbeddingsServer } from "../../support/embeddings-server.ts";
import { graphBench, outline, type Program } from "../../support/graph-bench.ts";

const bench = graphBench();

class Library extends BaseRetriever {
  lc_namespace = ["test"];
  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    const page = await bench.server.get(`/search-${query}`);
    return [new Document({ pageContent: page }), new Document({ pageContent: "more" })];
  }
}

/** Retrieve, fill in, ask, read. */
const rag = () =>
  RunnableSequence.from([
    {
      context: new Library().pipe((documents) =>
        documents.map(({ pageContent }) => pageContent).join(),
      ),
      question: new RunnablePassthrough<string>(),
    },
    ChatPromptTemplate.fromTemplate("{context} {question}"),
    bench.server.model(),
    new StringOutputParser(),
  ]);

const ask: Program = (config) =>
  rag().invoke("art", { ...config, runName: "answer", metadata: { conversation_id: "c-1" } });

describe("a chain", () => {
  it("that retrieves has a span for itself, its retriever and its model", async () => {
    await bench.expectTree(ask);
  });

  it("streamed has the same spans", async () => {
    await bench.expectTree(async (config) => {
      for await (const _ of await rag().stream("art", { ...config, runName: "answer" }));
    });
  });

  it('has none of its own with chains: "none", and what is below it has no gap', async () => {
    await bench.expectTree(ask, { chains: "none" });
  });

  it('has one for each step with chains: "all", templates and parsers too', async () => {
    await bench.expectTree(ask, { chains: "all" });
  });

  it("without a name is called by its class", async () => {
    expect(outline(await bench.tree((config) => rag().invoke("art", config))))
      .toMatchInlineSnapshot(`
      "chain RunnableSequence
        gen_ai.chat
          POST
        retrieval Library
          GET"
    `);
  });

  it("that is a lambda has its own requests below it", async () => {
    expect(
      outline(
        await bench.tree((config) =>
          RunnableLambda.from(async (path: string) => bench.server.get(path)).invoke(
            "/own",
            config,
          ),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "chain RunnableLambda
        GET"
    `);
  });

  it("that fails in its retriever is an error, and so is the retriever", async () => {
    await bench.expectTree(async (config) => {
      class Broken extends Library {
        override async _getRelevantDocuments(): Promise<Document[]> {
          throw new RangeError("no such index");
        }
      }
      await expect(
        new Broken().pipe((documents) => documents.length).invoke("art", config),
      ).rejects.toThrow("no such index");
    });
  });

  it.each(["none", "roots", "all"] as const)(
    "inside a node has spans of its own only with all: %s",
    async (chains) => {
      const tree = await bench.tree(
        (config) =>
          new StateGraph(MessagesAnnotation)
            .addNode("answer", async () => ({ messages: [await rag().invoke("art")] }))
            .addEdge(START, "answer")
            .compile({ name: "library" })
            .invoke({ messages: [] }, config),
        "instrumentation",
        { chains },
      );
      expect(outline(tree)).toMatchSnapshot();
    },
  );
});

describe("a chain that retrieves from a vector store", () => {
  let embeddingsServer: EmbeddingsServer;
  beforeAll(async () => {
    embeddingsServer = await startEmbeddingsServer();
  });
  afterAll(() => embeddingsServer.close());

  const embeddings = () =>
    new OpenAIEmbeddings({
      model: "text-embedding-3-small",
      apiKey: ["sk", "test"].join("-"),
      maxRetries: 0,
      configuration: { baseURL: `${embeddingsServer.url}/v1` },
    });

  /** Fill a store, then retrieve, fill in, ask and read. */
  const search = async (config: object = {}): Promise<void> => {
    const store = await FakeVectorStore.fromTexts(["Prado", "Louvre"], [{}, {}], embeddings());
    const chain = RunnableSequence.from([
      {
        context: store
          .asRetriever({ k: 1 })
          .pipe((documents) => documents.map(({ pageContent }) => pageContent).join()),
        question: new RunnablePassthrough<string>(),
      },
      ChatPromptTemplate.fromTemplate("{context} {question}"),
      bench.server.model(),
      new StringOutputParser(),
    ]);
    for await (const _ of await chain.stream("art", { ...config, runName: "answer" }));
  };

  it("has a span for each request of embeddings, the query's below the retriever", async () => {
    expect(await bench.tree(search)).toMatchSnapshot();
  });

  it("in a node has each of them below that node", async () => {
    const tree = await bench.tree((config) =>
      new StateGraph(MessagesAnnotation)
        .addNode("answer", () => search().then(() => ({})))
        .addEdge(START, "answer")
        .compile({ name: "library" })
        .invoke({ messages: [] }, config),
    );
    expect(outline(tree)).toMatchInlineSnapshot(`
      "invoke_workflow library
        node answer
          embeddings text-embedding-3-small
            POST
          gen_ai.chat
            POST
          retrieval VectorStoreRetriever
            embeddings text-embedding-3-small
              POST"
    `);
  });
});

describe("a retriever by itself", () => {
  it("is a span with its own request", async () => {
    await bench.expectTree((config) => new Library().invoke("art", config));
  });

  it("counts its calls and its documents", async () => {
    await bench.tree((config) => new Library().invoke("art", config));
    const own = { source: "Library", status: "ok" };
    expect(
      await bench.measured(
        "gen_ai.client.operation.duration",
        "langchain.retrieval.calls",
        "langchain.retrieval.documents",
        "langchain.retrieval.duration",
      ),
    ).toEqual({
      "gen_ai.client.operation.duration": [[{ "gen_ai.operation.name": "retrieval" }, 1]],
      "langchain.retrieval.calls": [[own, 1]],
      "langchain.retrieval.documents": [[own, 1]],
      "langchain.retrieval.duration": [[own, 1]],
    });
    const documents = (await bench.telemetry.metrics()).find(
      ({ name }) => name === "langchain.retrieval.documents",
    );
    expect(documents?.points).toMatchObject([{ sum: 2 }]);
  });
});
