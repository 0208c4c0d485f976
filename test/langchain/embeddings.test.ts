import { BedrockEmbeddings } from "@langchain/aws";
import { CohereEmbeddings } from "@langchain/cohere";
import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import { GoogleGenerativeAIEmbeddings } from "@langchain/google-genai";
import { MistralAIEmbeddings } from "@langchain/mistralai";
import { OllamaEmbeddings } from "@langchain/ollama";
import { AzureOpenAIEmbeddings, OpenAIEmbeddings } from "@langchain/openai";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { CohereClient } from "cohere-ai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { instrumentEmbeddings } from "../../src/langchain/embeddings/instrument-embeddings.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { type EmbeddingsServer, startEmbeddingsServer } from "../support/embeddings-server.ts";

let telemetry: TestTelemetry;
let server: EmbeddingsServer;
let undici: UndiciInstrumentation;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  server = await startEmbeddingsServer();
  undici = new UndiciInstrumentation();
});
afterEach(() => {
  telemetry.reset();
  server.reset();
  expect(runRegistry().size).toBe(0);
});
afterAll(async () => {
  undici.disable();
  await server.close();
  telemetry.shutdown();
});

const KEY = ["sk", "test"].join("-");

function openai(options: object = {}): OpenAIEmbeddings {
  return new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: KEY,
    maxRetries: 0,
    encodingFormat: "float",
    configuration: { baseURL: `${server.url}/v1` },
    ...options,
  });
}

const PROVIDERS: Readonly<Record<string, () => EmbeddingsInterface>> = {
  openai: () => openai({ dimensions: 3 }),
  azure: () =>
    new AzureOpenAIEmbeddings({
      azureOpenAIApiKey: KEY,
      azureOpenAIBasePath: `${server.url}/openai/deployments`,
      azureOpenAIApiDeploymentName: "embedder-prod",
      azureOpenAIApiVersion: "2025-04-01-preview",
      encodingFormat: "float",
      maxRetries: 0,
    }),
  bedrock: () =>
    new BedrockEmbeddings({
      model: "amazon.titan-embed-text-v2:0",
      region: "us-east-1",
      credentials: { accessKeyId: KEY, secretAccessKey: KEY },
      dimensions: 256,
      maxRetries: 0,
      clientOptions: { endpoint: server.url, requestHandler: new NodeHttpHandler() },
    }),
  cohere: () =>
    new CohereEmbeddings({
      model: "embed-v4.0",
      maxRetries: 0,
      client: new CohereClient({ token: KEY, environment: server.url }),
    }),
  google: () =>
    new GoogleGenerativeAIEmbeddings({
      model: "gemini-embedding-001",
      apiKey: KEY,
      baseUrl: server.url,
      maxRetries: 0,
    }),
  mistral: () => new MistralAIEmbeddings({ apiKey: KEY, serverURL: server.url, maxRetries: 0 }),
  ollama: () =>
    new OllamaEmbeddings({ model: "nomic-embed-text", baseUrl: server.url, maxRetries: 0 }),
};

/** The port is another in every run. */
function withoutPort(value: unknown): unknown {
  const { port } = new URL(server.url);
  return JSON.parse(JSON.stringify(value).replaceAll(port, "1"));
}

/** An object of a class of that name whose requests are made by `request`. */
function named(
  name: string,
  properties: object,
  request: (this: object) => Promise<unknown>,
): { embedQuery(): Promise<number[]>; embedDocuments(): Promise<number[][]> } {
  const made = {
    [name]: class {
      async embedQuery(): Promise<number[]> {
        await request.call(this);
        return [1];
      }
      async embedDocuments(): Promise<number[][]> {
        return [await this.embedQuery()];
      }
    },
  }[name]!;
  return Object.assign(new made(), properties);
}

/** As the classes of packages that are not installed here are: their method returns the provider's answer. */
function answering(name: string, answer: object): ReturnType<typeof named> {
  return named(
    name,
    { embeddingWithRetry: async () => answer },
    async function request(this: { embeddingWithRetry?: () => Promise<unknown> }) {
      await this.embeddingWithRetry?.();
    },
  );
}

function inputTokens(): unknown[] {
  return telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]);
}

/** What the conventions' metrics say, in short. */
async function measured(): Promise<unknown> {
  const metrics = await telemetry.metrics();
  return withoutPort(
    metrics
      .filter(({ name }) => !name.startsWith("http."))
      .map(({ name, unit, points }) => [
        `${name} ${unit}`,
        points.map((point) => ({
          ...point.attributes,
          count: "count" in point ? point.count : undefined,
          ...(unit === "s" ? {} : { sum: "sum" in point ? point.sum : undefined }),
          value: "value" in point ? point.value : undefined,
        })),
      ]),
  );
}

/** What is on the span beside what is on all: of one text, and the number of requests for two. */
interface Expected {
  readonly model: string;
  readonly attributes: object;
  /** Of one text; absent where the provider does not count. */
  readonly tokens?: number;
  /** Of a million tokens in USD, as the provider publishes it; absent where no price is known. */
  readonly price?: number;
  /** HTTP requests that the HTTP instrumentation sees for one text and for two. */
  readonly requests: readonly [number, number];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  openai: {
    model: "text-embedding-3-small",
    tokens: 7,
    price: 0.02,
    requests: [1, 1],
    attributes: {
      "gen_ai.provider.name": "openai",
      "gen_ai.embeddings.dimension.count": 3,
      "gen_ai.request.encoding_formats": ["float"],
      "gen_ai.response.model": "text-embedding-3-small-v1",
    },
  },
  azure: {
    model: "embedder-prod",
    tokens: 7,
    requests: [1, 2],
    attributes: {
      "gen_ai.provider.name": "azure.ai.openai",
      "gen_ai.request.encoding_formats": ["float"],
      "gen_ai.response.model": "text-embedding-ada-002-v1",
    },
  },
  bedrock: {
    model: "amazon.titan-embed-text-v2:0",
    tokens: 7,
    // The price list we use knows the first version only; the second one is published at 0.02.
    price: 0.1,
    // By Node's own HTTP client, which is not instrumented here.
    requests: [0, 0],
    attributes: {
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.embeddings.dimension.count": 256,
    },
  },
  cohere: {
    model: "embed-v4.0",
    tokens: 7,
    price: 0.12,
    requests: [1, 1],
    attributes: {
      "gen_ai.provider.name": "cohere",
      "gen_ai.request.encoding_formats": ["float"],
    },
  },
  google: {
    model: "gemini-embedding-001",
    tokens: 7,
    price: 0.15,
    requests: [1, 1],
    attributes: { "gen_ai.provider.name": "gcp.gemini" },
  },
  mistral: {
    model: "mistral-embed",
    tokens: 7,
    price: 0.1,
    requests: [1, 1],
    attributes: {
      "gen_ai.provider.name": "mistral_ai",
      "gen_ai.request.encoding_formats": ["float"],
      "gen_ai.response.model": "mistral-embed-v1",
    },
  },
  ollama: {
    model: "nomic-embed-text",
    tokens: 7,
    requests: [1, 1],
    attributes: {
      "gen_ai.provider.name": "ollama",
      "gen_ai.response.model": "nomic-embed-text",
    },
  },
};

describe("a request for embeddings, by each provider", () => {
  it.each(Object.keys(PROVIDERS))("%s", async (provider) => {
    const embeddings = instrumentEmbeddings(PROVIDERS[provider]!());
    const vector = [0.01, -0.02, 0.03];
    expect(await embeddings.embedQuery("one")).toEqual(vector);
    expect(await embeddings.embedDocuments(["one", "two"])).toEqual([vector, vector]);

    const { model, attributes, tokens, price, requests } = EXPECTED[provider]!;
    const expected = requests.map((count, index) => ({
      name: `embeddings ${model}`,
      kind: "CLIENT",
      status: "UNSET",
      attributes: {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.request.model": model,
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(server.url).port),
        ...attributes,
        ...(tokens === undefined ? {} : { "gen_ai.usage.input_tokens": tokens * (index + 1) }),
        ...(tokens === undefined || price === undefined
          ? { "langchain.pricing_missing": true }
          : { "langchain.cost.usd": expect.closeTo((tokens * (index + 1) * price) / 1e6, 12) }),
      },
      children: Array.from({ length: count }, () => "POST"),
    }));
    const tree = telemetry.tree().map((span) => ({
      name: span.name,
      kind: span.kind,
      status: span.status,
      attributes: span.attributes,
      children: span.children.map(({ name }) => name),
    }));
    expect(tree).toEqual(expected);
  });
});

describe("the tokens", () => {
  it("of several requests are one call's", async () => {
    const embeddings = instrumentEmbeddings(openai({ batchSize: 1 }));
    await embeddings.embedDocuments(["one", "two", "three"]);

    expect(server.requests).toHaveLength(3);
    expect(
      telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]),
    ).toEqual([21]);
  });

  it("are those that are billed", async () => {
    const answer = { tokens: { inputTokens: 9 }, billedUnits: { inputTokens: 7 } };
    await instrumentEmbeddings(answering("CohereEmbeddings", { meta: answer })).embedQuery();
    const { tokens } = answer;
    await instrumentEmbeddings(answering("CohereEmbeddings", { meta: { tokens } })).embedQuery();

    expect(inputTokens()).toEqual([7, 9]);
  });

  it("are those of each vector by Vertex AI, if all are known", async () => {
    const counted = { embeddings: { statistics: { token_count: 7 } } };
    for (const predictions of [
      [counted, counted],
      [counted, {}],
    ]) {
      const connection = { request: async () => ({ data: { predictions } }) };
      await instrumentEmbeddings(
        named("VertexAIEmbeddings", { connection }, () => connection.request()),
      ).embedQuery();
    }

    expect(inputTokens()).toEqual([14, undefined]);
  });

  it("are read from other providers' answers, where those are as OpenAI's", async () => {
    for (const usage of [{ prompt_tokens: 7, total_tokens: 8 }, { total_tokens: 7 }, {}]) {
      await instrumentEmbeddings(answering("VoyageEmbeddings", { usage })).embedQuery();
    }

    expect(inputTokens()).toEqual([7, 7, undefined]);
  });

  it("are absent where the provider says nothing", async () => {
    server.withoutUsage();
    await instrumentEmbeddings(openai()).embedQuery("one");

    const [span] = telemetry.spans().filter(({ name }) => name.startsWith("embeddings"));
    expect(Object.keys(span!.attributes)).not.toContain("gen_ai.usage.input_tokens");
    expect((await telemetry.metrics()).map(({ name }) => name)).not.toContain(
      "gen_ai.client.token.usage",
    );
  });

  it("are unknown when one of the answers has none", async () => {
    class Forgetful extends OpenAIEmbeddings {
      #answers = 0;
      protected override async embeddingWithRetry(
        ...args: Parameters<OpenAIEmbeddings["embeddingWithRetry"]>
      ): ReturnType<OpenAIEmbeddings["embeddingWithRetry"]> {
        const { usage, ...rest } = await super.embeddingWithRetry(...args);
        return (this.#answers++ === 0 ? rest : { ...rest, usage }) as typeof rest & {
          usage: typeof usage;
        };
      }
    }
    const fields = {
      model: "text-embedding-3-small",
      apiKey: KEY,
      batchSize: 1,
      encodingFormat: "float" as const,
      configuration: { baseURL: `${server.url}/v1` },
    };
    await instrumentEmbeddings(new Forgetful(fields)).embedDocuments(["one", "two"]);
    const [span] = telemetry.tree();
    expect(span!.attributes).toMatchObject({
      "gen_ai.response.model": "text-embedding-3-small-v1",
    });
    expect(span!.attributes).not.toHaveProperty("gen_ai.usage.input_tokens");
  });

  it("are each call's own when calls wait in one queue", async () => {
    const embeddings = instrumentEmbeddings(openai({ batchSize: 1, maxConcurrency: 1 }));
    await Promise.all([
      embeddings.embedDocuments(["one"]),
      embeddings.embedDocuments(["one", "two"]),
      embeddings.embedDocuments(["one", "two", "three"]),
    ]);

    const spans = telemetry
      .tree()
      .map(({ attributes, children }) => [
        attributes["gen_ai.usage.input_tokens"],
        children.length,
      ]);
    expect(spans.toSorted()).toEqual([
      [14, 2],
      [21, 3],
      [7, 1],
    ]);
  });

  it("of a client's answers are each call's own when calls wait in one queue", async () => {
    const embeddings = instrumentEmbeddings(PROVIDERS["ollama"]!());
    await Promise.all([
      embeddings.embedDocuments(["one"]),
      embeddings.embedDocuments(["one", "two"]),
    ]);

    const spans = telemetry
      .tree()
      .map(({ attributes, children }) => [
        attributes["gen_ai.usage.input_tokens"],
        children.length,
      ]);
    expect(spans.toSorted()).toEqual([
      [14, 1],
      [7, 1],
    ]);
  });
});

describe("the metrics", () => {
  const attributes = {
    "gen_ai.operation.name": "embeddings",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "text-embedding-3-small",
    "gen_ai.response.model": "text-embedding-3-small-v1",
    "server.address": "127.0.0.1",
    "server.port": 1,
  };

  const called = {
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "text-embedding-3-small",
  };
  /** Seven tokens, at 0.02 USD per million. */
  const usd: unknown = expect.closeTo((7 * 0.02) / 1e6, 12);
  const cost = [
    ["langchain.call.cost {USD}", [{ ...called, count: 1, sum: usd }]],
    ["langchain.cost {USD}", [{ ...called, value: usd }]],
  ];

  it("are the duration, the input tokens and the cost", async () => {
    await instrumentEmbeddings(openai()).embedQuery("one");

    expect(await measured()).toEqual([
      ["gen_ai.client.operation.duration s", [{ ...attributes, count: 1 }]],
      [
        "gen_ai.client.token.usage {token}",
        [{ ...attributes, "gen_ai.token.type": "input", count: 1, sum: 7 }],
      ],
      ...cost,
    ]);
  });

  it("are the duration and the cost alone by the conventions to come", async () => {
    await instrumentEmbeddings(openai(), { semconv: "next" }).embedQuery("one");

    expect(await measured()).toEqual([
      ["gen_ai.client.operation.duration s", [{ ...attributes, count: 1 }]],
      ...cost,
    ]);
  });
});

describe("a call that fails", () => {
  it("rejects as it would without us and has an error's span and metric", async () => {
    server.refuse(400);
    const thrown = await openai()
      .embedQuery("one")
      .catch((error: unknown) => error);
    telemetry.reset();
    server.refuse(400);
    const embeddings = instrumentEmbeddings(openai());
    await expect(embeddings.embedQuery("one")).rejects.toEqual(thrown);

    const [span] = telemetry.tree();
    expect(span).toMatchObject({
      name: "embeddings text-embedding-3-small",
      status: "ERROR",
      attributes: { "error.type": "BadRequestError", "langchain.run.outcome": "error" },
    });
    expect(await measured()).toMatchObject([
      ["gen_ai.client.operation.duration s", [{ "error.type": "BadRequestError", count: 1 }]],
      ["langchain.errors {error}", [{ category: "validation_error" }]],
    ]);
  });

  it("keeps the tokens of those of its requests that were answered", async () => {
    server.refuse(400, 1);
    const embeddings = instrumentEmbeddings(openai({ batchSize: 1, maxConcurrency: 1 }));
    await expect(embeddings.embedDocuments(["one", "two"])).rejects.toThrow("refused");

    expect(telemetry.tree()).toMatchObject([
      { status: "ERROR", attributes: { "gen_ai.usage.input_tokens": 7 } },
    ]);
  });

  it("is no error when it was aborted", async () => {
    const abort = Object.assign(new Error("This operation was aborted"), { name: "AbortError" });
    const embeddings = instrumentEmbeddings({
      embedQuery: () => Promise.reject(abort),
      embedDocuments: () => Promise.reject(abort),
    });
    await expect(embeddings.embedQuery()).rejects.toBe(abort);

    expect(telemetry.tree()).toMatchObject([
      { status: "UNSET", attributes: { "langchain.run.outcome": "cancelled" } },
    ]);
  });

  it("by a throw that is not awaited throws the same", () => {
    const fault = new Error("no");
    const embeddings = instrumentEmbeddings({
      embedQuery(): number[] {
        throw fault;
      },
      embedDocuments: () => [[1]],
    });
    expect(() => embeddings.embedQuery()).toThrow(fault);
    expect(embeddings.embedDocuments()).toEqual([[1]]);
    expect(telemetry.tree().map(({ name, status }) => [name, status])).toEqual([
      ["embeddings", "ERROR"],
      ["embeddings", "UNSET"],
    ]);
  });
});

describe("instrumentEmbeddings", () => {
  it("returns the object itself, on which nothing else can be seen", () => {
    const embeddings = openai();
    const keys = Object.keys(embeddings);
    expect(instrumentEmbeddings(embeddings)).toBe(embeddings);
    expect(Object.keys(embeddings)).toEqual(keys);
  });

  it("done twice gives one span a call", async () => {
    const embeddings = instrumentEmbeddings(instrumentEmbeddings(openai()));
    await embeddings.embedQuery("one");
    expect(telemetry.tree().map(({ name }) => name)).toEqual(["embeddings text-embedding-3-small"]);
  });

  it("leaves other objects of the class alone", async () => {
    instrumentEmbeddings(openai());
    await openai().embedQuery("one");
    expect(telemetry.tree().map(({ name }) => name)).toEqual(["POST"]);
  });

  it("gives a method that calls another of the same object one span", async () => {
    class Twice extends OpenAIEmbeddings {
      override async embedQuery(text: string): Promise<number[]> {
        await this.embedDocuments([text]);
        return super.embedQuery(text);
      }
    }
    const embeddings = instrumentEmbeddings(
      new Twice({
        model: "text-embedding-3-small",
        apiKey: KEY,
        encodingFormat: "float",
        configuration: { baseURL: `${server.url}/v1` },
      }),
    );
    await embeddings.embedQuery("one");
    expect(telemetry.tree()).toMatchObject([
      {
        name: "embeddings text-embedding-3-small",
        attributes: { "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 14 },
        children: [{ name: "POST" }, { name: "POST" }],
      },
    ]);
  });

  it("leaves an object that cannot be changed as it works", async () => {
    const embeddings = Object.freeze({
      embedQuery: async () => [1],
      embedDocuments: async () => [[1]],
    });
    expect(instrumentEmbeddings(embeddings)).toBe(embeddings);
    expect(await embeddings.embedQuery()).toEqual([1]);
  });

  it("says what it takes", () => {
    expect(() => instrumentEmbeddings({})).toThrow(
      new TypeError(
        "Expected the `embeddings` option to be an object with embedDocuments and embedQuery, got an object",
      ),
    );
    // @ts-expect-error no such option
    expect(() => instrumentEmbeddings(openai(), { nothing: 1 })).toThrow(/no option `nothing`/);
  });

  it("reads nothing that an object refuses to show, and works on", async () => {
    const embeddings = instrumentEmbeddings({
      get model(): string {
        throw new Error("private");
      },
      embedQuery: async () => [1],
      embedDocuments: async () => [[1]],
    });
    expect(await embeddings.embedQuery()).toEqual([1]);
    expect(telemetry.tree()).toEqual([]);
  });

  it("names the provider of a class it does not know as the class is", async () => {
    class VoyageEmbeddings {
      modelName = "voyage-4";
      embedQuery = async (): Promise<number[]> => [1];
      embedDocuments = async (): Promise<number[][]> => [[1]];
    }
    await instrumentEmbeddings(new VoyageEmbeddings()).embedQuery();
    expect(telemetry.tree()).toMatchObject([
      { name: "embeddings voyage-4", attributes: { "gen_ai.provider.name": "voyage" } },
    ]);
  });
});
