import { Document } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import type { UsageMetadata } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import {
  RunnableLambda,
  RunnableMap,
  RunnablePassthrough,
  RunnableSequence,
} from "@langchain/core/runnables";
import { FakeVectorStore } from "@langchain/core/utils/testing";
import {
  Annotation,
  InMemoryStore,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { OllamaEmbeddings } from "@langchain/ollama";
import * as openaiModule from "@langchain/openai";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { createAgent, createMiddleware } from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { instrumentEmbeddings } from "../../src/langchain/embeddings/instrument-embeddings.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { type ChatServer, startChatServer } from "../support/chat-server.ts";
import { type EmbeddingsServer, startEmbeddingsServer } from "../support/embeddings-server.ts";

let telemetry: TestTelemetry;
let server: EmbeddingsServer;
let chat: ChatServer;
let undici: UndiciInstrumentation;
let instrumentation: LangChainInstrumentation;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  server = await startEmbeddingsServer();
  chat = await startChatServer();
  undici = new UndiciInstrumentation();
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  instrumentation.enable();
  telemetry.reset();
  server.reset();
  expect(runRegistry().size).toBe(0);
});
afterAll(async () => {
  undici.disable();
  instrumentation.disable();
  await server.close();
  await chat.close();
  telemetry.shutdown();
});

const KEY = ["sk", "test"].join("-");

function openai(options: object = {}): openaiModule.OpenAIEmbeddings {
  return new openaiModule.OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: KEY,
    maxRetries: 0,
    encodingFormat: "float",
    configuration: { baseURL: `${server.url}/v1` },
    ...options,
  });
}

/** An application's own class, in no package. */
function ownClass(): new () => Embeddings {
  return class HouseEmbeddings extends Embeddings {
    model = "house-1";
    constructor() {
      super({});
    }
    async embedQuery(text: string): Promise<number[]> {
      return (await this.embedDocuments([text]))[0] ?? [];
    }
    async embedDocuments(texts: string[]): Promise<number[][]> {
      await fetch(`${server.url}/v1/embeddings`, {
        method: "POST",
        body: JSON.stringify({ input: texts }),
      });
      return texts.map(() => [1, 0, 0]);
    }
  };
}

function outline(spans: readonly SpanNode[]): unknown[] {
  return spans.map(({ name, children }) =>
    children.length === 0 ? name : [name, outline(children)],
  );
}

const house = ["embeddings house-1", ["POST"]];

describe("a chain with a retriever", () => {
  it("has the request for embeddings below the retriever", async () => {
    const store = await FakeVectorStore.fromTexts(["sun", "rain"], [{}, {}], openai());
    telemetry.reset();
    const model = new openaiModule.ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: KEY,
      maxRetries: 0,
      configuration: { baseURL: chat.url },
    });
    const retrieve = store
      .asRetriever(1)
      .pipe((found) => found.map((each) => each.pageContent).join());
    await RunnableSequence.from([
      RunnableMap.from({ context: retrieve, question: new RunnablePassthrough() }),
      ChatPromptTemplate.fromTemplate("{context}: {question}"),
      model,
      new StringOutputParser(),
    ]).invoke("weather?", { metadata: { thread_id: "t-1" } });

    expect(outline(telemetry.tree())).toEqual([
      [
        "chain RunnableSequence",
        [
          ["retrieval VectorStoreRetriever", [["embeddings text-embedding-3-small", ["POST"]]]],
          ["gen_ai.chat", ["POST"]],
        ],
      ],
    ]);
    const [found] = telemetry.spans().filter(({ name }) => name.startsWith("embeddings"));
    expect(found!.attributes).toEqual({
      "gen_ai.operation.name": "embeddings",
      "gen_ai.provider.name": "openai",
      "gen_ai.conversation.id": "t-1",
      "gen_ai.request.model": "text-embedding-3-small",
      "gen_ai.request.encoding_formats": ["float"],
      "gen_ai.response.model": "text-embedding-3-small-v1",
      "gen_ai.usage.input_tokens": 7,
      // At 0.02 USD per million tokens.
      "langchain.cost.usd": expect.closeTo((7 * 0.02) / 1e6, 12) as unknown,
      // The vector store's own name, of which LangChain makes a tag of the retriever.
      "langchain.tags": ["memory"],
      "server.address": "127.0.0.1",
      "server.port": Number(new URL(server.url).port),
    });
  });
});

describe("a vector store", () => {
  it("has its embeddings traced from its first use on, whatever their class", async () => {
    const Own = ownClass();
    const store = new FakeVectorStore(new Own());
    await store.addDocuments([new Document({ pageContent: "sun" })]);
    await store.similaritySearch("sun", 1);
    await store.similaritySearchWithScore("sun", 1);

    expect(outline(telemetry.tree())).toEqual([house, house, house]);
  });

  it("that was made before is known when it is searched", async () => {
    instrumentation.disable();
    const Own = ownClass();
    const store = new FakeVectorStore(new Own());
    instrumentation.enable();
    await store.asRetriever(1).invoke("sun");

    expect(outline(telemetry.tree())).toEqual([["retrieval VectorStoreRetriever", [house]]]);
  });

  it("whose embeddings hand on to others gives those a span", async () => {
    const Own = ownClass();
    class Cached extends Embeddings {
      readonly inner = new Own();
      constructor() {
        super({});
      }
      embedQuery(text: string): Promise<number[]> {
        return this.inner.embedQuery(text);
      }
      embedDocuments(texts: string[]): Promise<number[][]> {
        return this.inner.embedDocuments(texts);
      }
    }
    await new FakeVectorStore(new Cached()).similaritySearch("sun", 1);

    expect(outline(telemetry.tree())).toEqual([house]);
  });

  it("with instrumented embeddings has one span a call, with the tokens once", async () => {
    const store = new FakeVectorStore(instrumentEmbeddings(openai()));
    await store.similaritySearch("sun", 1);
    await store.similaritySearch("sun", 1);

    expect(
      telemetry
        .tree()
        .map(({ name, attributes }) => [name, attributes["gen_ai.usage.input_tokens"]]),
    ).toEqual([
      ["embeddings text-embedding-3-small", 7],
      ["embeddings text-embedding-3-small", 7],
    ]);
  });
});

describe("other objects that have embeddings", () => {
  it("such as a retriever, have them traced", async () => {
    const Own = ownClass();
    class Direct extends BaseRetriever {
      lc_namespace = ["house"];
      embeddings = new Own();
      override async _getRelevantDocuments(query: string): Promise<Document[]> {
        await this.embeddings.embedQuery(query);
        return [];
      }
    }
    await new Direct().invoke("sun");

    expect(outline(telemetry.tree())).toEqual([["retrieval Direct", [house]]]);
  });

  it("such as a graph's store with an index, have them traced", async () => {
    const Own = ownClass();
    const store = new InMemoryStore({ index: { dims: 3, embeddings: new Own() } });
    const graph = new StateGraph(Annotation.Root({ done: Annotation<boolean> }))
      .addNode("remember", async (_state, config: LangGraphRunnableConfig) => {
        await config.store?.put(["notes"], "1", { text: "sun" });
        await config.store?.search(["notes"], { query: "sun" });
        return { done: true };
      })
      .addEdge(START, "remember")
      .compile({ store });
    await graph.invoke({ done: false });

    expect(outline(telemetry.tree())).toEqual([
      [
        "invoke_workflow",
        [
          [
            "node remember",
            [
              ["upsert_memory", [house]],
              ["search_memory", [house]],
            ],
          ],
        ],
      ],
    ]);
  });
});

describe("the tokens of embeddings", () => {
  it("are no part of an agent's sum, which is of its models", async () => {
    const model = new openaiModule.ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: KEY,
      maxRetries: 0,
      configuration: { baseURL: chat.url },
    });
    const remembering = createMiddleware({
      name: "remembering",
      beforeModel: async () => {
        await new FakeVectorStore(openai()).similaritySearch("sun", 1);
      },
    });
    const agent = createAgent({ model, name: "weather", middleware: [remembering] });
    const { messages } = await agent.invoke({ messages: ["weather?"] });

    const [root] = telemetry.tree();
    expect(outline([root!])).toEqual([
      [
        "invoke_agent weather",
        [
          ["node remembering.before_model", [["embeddings text-embedding-3-small", ["POST"]]]],
          ["node model_request", [["gen_ai.chat", ["POST"]]]],
        ],
      ],
    ]);
    const { usage_metadata: usage } = messages.at(-1) as { usage_metadata?: UsageMetadata };
    expect(usage?.input_tokens).toBeGreaterThan(0);
    expect(root!.attributes).toMatchObject({
      "gen_ai.usage.input_tokens": usage?.input_tokens,
      "gen_ai.usage.output_tokens": usage?.output_tokens,
      "langchain.tokens.total": usage?.total_tokens,
    });
  });

  it("alone make no sum", async () => {
    const embed = RunnableLambda.from(async () => {
      await new FakeVectorStore(openai()).similaritySearch("sun", 1);
    });
    await embed.invoke("weather?");
    const [root] = telemetry.tree();
    expect(root!.children.map(({ attributes }) => attributes["gen_ai.usage.input_tokens"])).toEqual(
      [7],
    );
    expect(root!.attributes).not.toHaveProperty("langchain.tokens.total");
  });
});

describe("a class that was given", () => {
  it("has its tokens once when it changes the answer of the class that it extends", async () => {
    class Copying extends openaiModule.OpenAIEmbeddings {
      protected override async embeddingWithRetry(
        ...args: Parameters<openaiModule.OpenAIEmbeddings["embeddingWithRetry"]>
      ): ReturnType<openaiModule.OpenAIEmbeddings["embeddingWithRetry"]> {
        return { ...(await super.embeddingWithRetry(...args)) };
      }
    }
    instrumentation.manuallyInstrument({ Copying });
    const configuration = { baseURL: `${server.url}/v1` };
    await new Copying({ apiKey: KEY, encodingFormat: "float", configuration }).embedQuery("sun");

    expect(
      telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]),
    ).toEqual([7]);
  });

  it("is attached to", async () => {
    const Own = ownClass();
    instrumentation.manuallyInstrument({ Own });
    await new Own().embedQuery("sun");

    expect(outline(telemetry.tree())).toEqual([house]);
  });

  it("has to be one", () => {
    expect(() => instrumentation.manuallyInstrument({ RunnableLambda })).toThrow(TypeError);
  });
});

describe("disable()", () => {
  it("puts everything back", async () => {
    const Own = ownClass();
    instrumentation.disable();
    const store = Object.getPrototypeOf(FakeVectorStore.prototype) as object;
    const before = [store, FakeVectorStore.prototype, Own.prototype].map(
      Object.getOwnPropertyDescriptors,
    );
    instrumentation.enable();
    const embeddings = new Own();
    const made = new FakeVectorStore(embeddings);
    await made.addDocuments([new Document({ pageContent: "sun" })]);
    await made.similaritySearch("sun", 1);
    expect(outline(telemetry.tree())).toEqual([house, house]);
    instrumentation.disable();

    expect(
      [store, FakeVectorStore.prototype, Own.prototype].map(Object.getOwnPropertyDescriptors),
    ).toEqual(before);
    expect(Object.keys(Object.getOwnPropertyDescriptors(store))).not.toContain(
      "lc_serializable_keys",
    );
    telemetry.reset();
    await made.similaritySearch("sun", 1);
    expect(outline(telemetry.tree())).toEqual(["POST"]);
  });

  it("leaves nothing on the client of an object", async () => {
    const embeddings = new OllamaEmbeddings({ model: "nomic-embed-text", baseUrl: server.url });
    const client = (embeddings as unknown as { client: object }).client;
    await new FakeVectorStore(embeddings).similaritySearch("sun", 1);
    expect(
      telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]),
    ).toEqual([7]);
    expect(Object.hasOwn(client, "embed")).toBe(true);
    instrumentation.disable();

    expect(Object.hasOwn(client, "embed")).toBe(false);
  });
});
