import { CohereClient } from "cohere-ai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";
import type { ProviderId } from "../../support/answers.ts";
import { allEnded } from "../../support/ended-runs.ts";
import { createEmbeddings, createTextModel, network, providers } from "../../support/providers.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;

beforeAll(async () => {
  await network.listen();
  telemetry = createTestTelemetry();
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  instrumentation.disable();
  telemetry.shutdown();
  await network.close();
});

/** What each status is, whoever answers it. */
const STATUSES: Readonly<Record<number, readonly [category: string, retryable: boolean]>> = {
  400: ["validation_error", false],
  401: ["provider_error", false],
  404: ["provider_error", false],
  408: ["timeout", true],
  413: ["validation_error", false],
  429: ["rate_limit", true],
  500: ["provider_error", true],
  503: ["provider_error", true],
  529: ["provider_error", true],
};

type Types = Readonly<Record<number, string>>;

/** The SDKs of one generator; LangChain renames what says nothing of when to try again. */
const generated: Types = {
  400: "BadRequestError",
  401: "AuthenticationError",
  404: "NotFoundError",
  429: "RateLimitCapacityError",
  500: "InternalServerError",
  503: "InternalServerError",
  529: "InternalServerError",
};

/** The fake server names this exception for every status that it does not know. */
const amazon = Object.fromEntries(
  [404, 408, 413, 500, 503, 529].map((status) => [status, "InternalServerException"]),
);

interface Expected {
  readonly provider: string;
  readonly model: string;
  /** Where the class says more than the status. */
  readonly types?: Types;
  /** Where LangChain has marked it otherwise than the others. */
  readonly retryable?: Readonly<Record<number, boolean>>;
}

const openai = { model: "gpt-5.4-mini", types: generated };
const gemini = { model: "gemini-2.5-flash" };

const expected: Readonly<Record<ProviderId, Expected>> = {
  openai: { provider: "openai", ...openai },
  "openai-responses": { provider: "openai", ...openai },
  azure: { provider: "azure.ai.openai", ...openai, model: "gpt-41-prod" },
  anthropic: { provider: "anthropic", model: "claude-sonnet-4-5", types: generated },
  google: { provider: "gcp.gemini", ...gemini, retryable: { 529: false } },
  "google-vertex": { provider: "gcp.vertex_ai", ...gemini, retryable: { 529: false } },
  "google-genai": { provider: "gcp.gemini", ...gemini, types: { 429: "RateLimitCapacityError" } },
  bedrock: {
    provider: "aws.bedrock",
    model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
    types: {
      ...amazon,
      400: "ValidationException",
      401: "UnrecognizedClientException",
      429: "ThrottlingException",
    },
  },
  cohere: {
    provider: "cohere",
    model: "command-a-03-2025",
    types: {
      400: "BadRequestError",
      401: "UnauthorizedError",
      404: "NotFoundError",
      429: "TooManyRequestsError",
      500: "InternalServerError",
      503: "ServiceUnavailableError",
    },
  },
  mistral: { provider: "mistral_ai", model: "mistral-medium-latest" },
  groq: { provider: "groq", model: "openai/gpt-oss-120b", types: generated },
  ollama: { provider: "ollama", model: "qwen3:8b" },
  xai: { provider: "x_ai", model: "grok-4", types: generated },
  deepseek: { provider: "deepseek", model: "deepseek-reasoner", types: generated },
};

const ids = Object.keys(expected) as ProviderId[];

/** Cohere's own client tries again, seconds later. */
function optionsOf(id: ProviderId): object {
  return id === "cohere" ? { client: new CohereClient({ token: "none", maxRetries: 0 }) } : {};
}

/** What is told of the one call, which fails. */
async function failed(call: () => Promise<unknown>): Promise<Record<string, unknown>> {
  await expect(call()).rejects.toThrow();
  await allEnded();
  const spans = telemetry.spans();
  expect(spans.map(({ status }) => status.code)).toEqual([2]);
  const attributes = spans[0]?.attributes ?? {};
  telemetry.reset();
  return {
    outcome: attributes["langchain.run.outcome"],
    provider: attributes["gen_ai.provider.name"],
    model: attributes["gen_ai.request.model"],
    type: attributes["error.type"],
    category: attributes["langchain.error.category"],
    retryable: attributes["langchain.error.retryable"],
  };
}

async function drain(stream: Promise<AsyncIterable<unknown>>): Promise<void> {
  for await (const _ of await stream);
}

describe.each(ids)("%s answers", (id) => {
  const { provider, model, types, retryable } = expected[id];

  it.each(Object.entries(STATUSES))("%i", async (key, [category, again]) => {
    const status = Number(key);
    const all = {
      outcome: "error",
      provider,
      model,
      type: types?.[status] ?? key,
      category,
      retryable: retryable?.[status] ?? again,
    };
    network.failWith(id, status, "own/ollama.error.404.json");
    const asked = providers[id].create(optionsOf(id));
    expect(await failed(() => asked.invoke("Hi"))).toEqual(all);
    expect(await failed(() => drain(asked.stream("Hi")))).toEqual(all);
  });
});

describe("what is no chat", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["a text model", () => createTextModel().invoke("Hi"), "gpt-3.5-turbo-instruct"],
    ["embeddings", () => createEmbeddings().embedQuery("Hi"), "text-embedding-3-small"],
  ])("%s says whose it is, too", async (_, call, model) => {
    network.failWith("openai", 401, "openai.error.401.json");
    expect(await failed(call)).toEqual({
      outcome: "error",
      provider: "openai",
      model,
      type: "AuthenticationError",
      category: "provider_error",
      retryable: false,
    });
  });
});

describe("a connection that breaks", () => {
  const types: Partial<Readonly<Record<ProviderId, string>>> = {
    google: "TypeError",
    "google-vertex": "TypeError",
    "google-genai": "GoogleGenerativeAIError",
    bedrock: "ECONNRESET",
    cohere: "CohereError",
    mistral: "ConnectionError",
    ollama: "TypeError",
  };

  it.each(ids)("before %s answers", async (id) => {
    network.dropAfter(id, 0);
    expect(await failed(() => providers[id].create().invoke("Hi"))).toEqual({
      outcome: "error",
      provider: expected[id].provider,
      model: expected[id].model,
      type: types[id] ?? "APIConnectionError",
      category: "provider_error",
      retryable: true,
    });
  });

  // Amazon's and Google's own packages are silent, or say nothing, of a stream that breaks.
  it.each(ids.filter((id) => id !== "bedrock" && id !== "google-genai"))(
    "while %s answers",
    async (id) => {
      network.dropAfter(id, 1);
      expect(await failed(() => drain(providers[id].create().stream("Hi")))).toEqual({
        outcome: "error",
        provider: expected[id].provider,
        model: expected[id].model,
        type: "SocketError",
        category: "provider_error",
        retryable: true,
      });
    },
  );
});

describe("an answer that does not come", () => {
  const types: Partial<Readonly<Record<ProviderId, string>>> = {
    anthropic: "APIConnectionTimeoutError",
    groq: "APIConnectionTimeoutError",
  };

  it.each(["openai", "openai-responses", "azure", "anthropic", "groq", "xai", "deepseek"] as const)(
    "within the time that %s's client has",
    async (id) => {
      network.hang(id);
      const options = { timeout: 20, clientOptions: { timeout: 20 } };
      expect(await failed(() => providers[id].create(options).invoke("Hi"))).toEqual({
        outcome: "error",
        provider: expected[id].provider,
        model: expected[id].model,
        type: types[id] ?? "TimeoutError",
        category: "timeout",
        retryable: true,
      });
    },
  );

  it.each(["openai", "anthropic", "google", "google-vertex", "bedrock", "cohere"] as const)(
    "within the time that the caller of %s has",
    async (id) => {
      network.hang(id);
      expect(await failed(() => providers[id].create().invoke("Hi", { timeout: 20 }))).toEqual({
        outcome: "error",
        provider: expected[id].provider,
        model: expected[id].model,
        type: "TimeoutError",
        category: "timeout",
        retryable: true,
      });
    },
  );
});
