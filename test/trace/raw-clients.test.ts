import { createRequire } from "node:module";

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { CohereClient } from "cohere-ai";
import OpenAI, { AzureOpenAI } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { traced, wrap } from "../../src/trace/index.ts";
import { network, type ProviderId } from "../support/providers.ts";

const require = createRequire(import.meta.url);

/** A package that one of LangChain's depends on. */
function within(owner: string, what: string): Record<string, new (options: object) => never> {
  return createRequire(require.resolve(owner))(what) as never;
}

const { Anthropic } = within("@langchain/anthropic", "@anthropic-ai/sdk") as unknown as {
  Anthropic: new (options: object) => AnthropicClient;
};
const { GoogleGenerativeAI } = within(
  "@langchain/google-genai",
  "@google/generative-ai",
) as unknown as {
  GoogleGenerativeAI: new (key: string) => GoogleClient;
};
const { Groq } = within("@langchain/groq", "groq-sdk") as unknown as {
  Groq: new (options: object) => OpenAI;
};

interface AnthropicClient {
  messages: {
    create(body: object): Promise<AsyncIterable<unknown>>;
    stream(body: object): { finalMessage(): Promise<{ content: { text: string }[] }> };
  };
}
interface GoogleClient {
  getGenerativeModel(options: object): {
    generateContent(prompt: string): Promise<{ response: { text(): string } }>;
    generateContentStream(prompt: string): Promise<{ stream: AsyncIterable<unknown> }>;
    startChat(): { sendMessage(prompt: string): Promise<{ response: { text(): string } }> };
  };
}

let telemetry: TestTelemetry;
beforeAll(() => network.listen());
beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(() => {
  network.reset();
  telemetry.shutdown();
});
afterAll(() => network.close());

/** Google's host answers by it for which of its packages. */
const dummyKey = (provider: string): string => ["sk", "test", provider].join("-");
const once = { maxRetries: 0 };
const openai = () => wrap(new OpenAI({ apiKey: dummyKey("openai"), ...once }), { kind: "llm" });
const anthropic = () =>
  wrap(new Anthropic({ apiKey: dummyKey("anthropic"), ...once }), { kind: "llm" });
const google = () =>
  wrap(new GoogleGenerativeAI(dummyKey("google-genai")), { kind: "llm" }).getGenerativeModel({
    model: "gemini-2.5-flash",
  });
const bedrock = () =>
  wrap(
    new BedrockRuntimeClient({
      region: "us-east-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    { kind: "llm" },
  );
const cohere = () => wrap(new CohereClient({ token: "test" }), { kind: "llm" });
const groq = () => wrap(new Groq({ apiKey: dummyKey("groq"), ...once }), { kind: "llm" });

const messages = [{ role: "user" as const, content: "What is the capital of France?" }];
const chat = { model: "gpt-5.4-mini", messages };
const claude = { model: "claude-sonnet-4-5", max_tokens: 500, messages };
const usage = { stream_options: { include_usage: true } } as const;
const converse = {
  modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0",
  messages: [{ role: "user" as const, content: [{ text: "What is the capital of France?" }] }],
  inferenceConfig: { temperature: 0.5 },
};

async function read(stream: AsyncIterable<unknown> | undefined): Promise<number> {
  let chunks = 0;
  for await (const _ of stream ?? []) chunks += 1;
  return chunks;
}

/** What a call of these is: by provider, the attributes that differ. */
const span = (attributes: SpanNode["attributes"], more: Partial<SpanNode> = {}): SpanNode => ({
  name: "gen_ai.chat",
  kind: "CLIENT",
  status: "UNSET",
  attributes: { "gen_ai.operation.name": "chat", ...attributes },
  events: [],
  children: [],
  ...more,
});

/** Without what differs from run to run, and without what things cost. */
function tree(): unknown {
  return JSON.parse(
    JSON.stringify(telemetry.tree(), (key, value: unknown) =>
      /time_to_first_chunk|stacktrace|^langchain\.(?:cost|pricing|tokens)/.test(key)
        ? undefined
        : value,
    ),
  );
}

const tokens = (...[input, output, read_, written, reasoning]: (number | undefined)[]) =>
  Object.fromEntries(
    Object.entries({
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.output_tokens": output,
      "gen_ai.usage.cache_read.input_tokens": read_,
      "gen_ai.usage.cache_creation.input_tokens": written,
      "gen_ai.usage.reasoning.output_tokens": reasoning,
    }).filter(([, value]) => value !== undefined),
  );

const server = (address: string) => ({ "server.address": address, "server.port": 443 });
const ofOpenAI = {
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-5.4-mini",
  ...server("api.openai.com"),
};
const answeredByOpenAI = {
  "gen_ai.response.model": "gpt-5.4-mini-2026-03-17",
  "openai.response.service_tier": "default",
};
const fingerprint = { "openai.response.system_fingerprint": "fp_wire0001" };
const chatApi = { "openai.api.type": "chat_completions" };
const all = tokens(2540, 60, 2000, 500, 25);
const stopped = (reason: string) => ({ "gen_ai.response.finish_reasons": [reason] });
const streamed = { "gen_ai.request.stream": true };
const ofAnthropic = {
  "gen_ai.provider.name": "anthropic",
  "gen_ai.request.model": "claude-sonnet-4-5",
  "gen_ai.request.max_tokens": 500,
  ...server("api.anthropic.com"),
};
const ofGoogle = {
  "gen_ai.provider.name": "gcp.gemini",
  "gen_ai.request.model": "gemini-2.5-flash",
  ...server("generativelanguage.googleapis.com"),
  "gen_ai.response.model": "gemini-2.5-flash",
  ...stopped("STOP"),
  ...tokens(2540, 60, 2000, undefined, 25),
};
const ofBedrock = {
  "gen_ai.provider.name": "aws.bedrock",
  "gen_ai.request.model": converse.modelId,
  "gen_ai.request.temperature": 0.5,
  ...stopped("end_turn"),
  ...tokens(2540, 60, 2000, 500),
};

const calls: [string, () => Promise<unknown>, unknown, SpanNode["attributes"]][] = [
  [
    "OpenAI's chat completions",
    async () => (await openai().chat.completions.create(chat)).choices[0]?.message.content,
    "The capital of France is Paris.",
    {
      ...ofOpenAI,
      ...chatApi,
      ...answeredByOpenAI,
      ...fingerprint,
      "gen_ai.response.id": "chatcmpl-Wire0001",
      ...stopped("stop"),
      ...all,
    },
  ],
  [
    "OpenAI's chat completions, streamed",
    async () => read(await openai().chat.completions.create({ ...chat, stream: true, ...usage })),
    6,
    {
      ...ofOpenAI,
      ...chatApi,
      ...streamed,
      ...answeredByOpenAI,
      ...fingerprint,
      "gen_ai.response.id": "chatcmpl-WireS1",
      ...stopped("stop"),
      ...all,
    },
  ],
  [
    "OpenAI's responses",
    async () => (await openai().responses.create({ model: chat.model, input: "Hi" })).output_text,
    "The capital of France is Paris.",
    {
      ...ofOpenAI,
      "openai.api.type": "responses",
      ...answeredByOpenAI,
      "gen_ai.response.id": "resp_wire0001",
      ...stopped("completed"),
      ...all,
    },
  ],
  [
    "OpenAI's responses, streamed",
    async () =>
      (await read(
        await openai().responses.create({ model: chat.model, input: "Hi", stream: true }),
      )) > 5,
    true,
    {
      ...ofOpenAI,
      "openai.api.type": "responses",
      ...streamed,
      ...answeredByOpenAI,
      "gen_ai.response.id": "resp_wire0001",
      ...stopped("completed"),
      ...all,
    },
  ],
  [
    "Anthropic's messages",
    async () => ((await anthropic().messages.create(claude)) as unknown as { id: string }).id,
    "msg_01Wire0001",
    {
      ...ofAnthropic,
      "gen_ai.response.model": "claude-sonnet-4-5-20250929",
      "gen_ai.response.id": "msg_01Wire0001",
      ...stopped("end_turn"),
      ...all,
    },
  ],
  [
    "Anthropic's messages, streamed",
    async () => read(await anthropic().messages.create({ ...claude, stream: true })),
    8,
    {
      ...ofAnthropic,
      ...streamed,
      "gen_ai.response.model": "claude-sonnet-4-5-20250929",
      "gen_ai.response.id": "msg_01WireS1",
      ...stopped("end_turn"),
      ...all,
    },
  ],
  [
    "Google's generateContent",
    async () => (await google().generateContent("Hi")).response.text(),
    "The capital of France is Paris.",
    { ...ofGoogle, "gen_ai.response.id": "wireGem0001" },
  ],
  [
    "Google's generateContentStream",
    async () => read((await google().generateContentStream("Hi")).stream),
    3,
    { ...ofGoogle, ...streamed, "gen_ai.response.id": "wireGemS1" },
  ],
  [
    "a chat of Google's",
    async () => (await google().startChat().sendMessage("Hi")).response.text(),
    "The capital of France is Paris.",
    { ...ofGoogle, "gen_ai.response.id": "wireGem0001" },
  ],
  [
    "Bedrock's Converse",
    async () => (await bedrock().send(new ConverseCommand(converse))).stopReason,
    "end_turn",
    ofBedrock,
  ],
  [
    "Bedrock's ConverseStream",
    async () => read((await bedrock().send(new ConverseStreamCommand(converse))).stream),
    6,
    { ...ofBedrock, ...streamed },
  ],
  [
    "Cohere's chat",
    async () => (await cohere().chat({ model: "command-a-03-2025", message: "Hi" })).text,
    "The capital of France is Paris.",
    {
      "gen_ai.provider.name": "cohere",
      "gen_ai.request.model": "command-a-03-2025",
      ...server("api.cohere.com"),
      "gen_ai.response.id": "wire-coh-gen-1",
      ...stopped("COMPLETE"),
      ...tokens(2540, 60, 2000),
    },
  ],
  [
    "Cohere's chatStream",
    async () => read(await cohere().chatStream({ model: "command-a-03-2025", message: "Hi" })),
    5,
    {
      "gen_ai.provider.name": "cohere",
      "gen_ai.request.model": "command-a-03-2025",
      ...server("api.cohere.com"),
      ...streamed,
      "gen_ai.response.id": "wire-coh-gen-2",
      ...stopped("COMPLETE"),
      ...tokens(2540, 60, 2000),
    },
  ],
];

describe("a raw client", () => {
  it.each(calls)("of %s has a span for the call", async (_, call, answer, attributes) => {
    expect(await call()).toEqual(answer);
    expect(tree()).toEqual([span(attributes)]);
  });

  it("of Groq's, whose protocol is OpenAI's, is Groq's", async () => {
    await groq().chat.completions.create({ ...chat, model: "openai/gpt-oss-120b" });
    expect(telemetry.tree()).toMatchObject([
      {
        name: "gen_ai.chat",
        attributes: {
          "gen_ai.provider.name": "groq",
          "gen_ai.request.model": "openai/gpt-oss-120b",
          "server.address": "api.groq.com",
          "gen_ai.usage.input_tokens": 2540,
        },
      },
    ]);
  });

  it("of Azure is Azure's, and is still what it was", () => {
    const endpoint = "https://wire.openai.azure.com";
    const client = new AzureOpenAI({ apiKey: "test", apiVersion: "2025-01-01", endpoint });
    const wrapped = wrap(client, { kind: "llm" });
    expect(wrapped).toBeInstanceOf(AzureOpenAI);
    expect(wrapped.chat.completions).toBeInstanceOf(OpenAI.Chat.Completions);
    expect(wrapped.baseURL).toBe(client.baseURL);
    expect(wrap(wrapped, { kind: "llm" })).toBe(wrapped);
    expect(wrap(client)).toBe(wrapped);
  });

  it("embeds", async () => {
    await openai().embeddings.create({
      model: "text-embedding-3-small",
      input: "Hi",
      dimensions: 3,
    });
    expect(tree()).toEqual([
      span(
        {
          "gen_ai.operation.name": "embeddings",
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": "text-embedding-3-small",
          "gen_ai.embeddings.dimension.count": 3,
          // The package asks for it by itself, below what is traced.
          ...server("api.openai.com"),
          "gen_ai.response.model": "text-embedding-3-small",
          "gen_ai.usage.input_tokens": 7,
        },
        { name: "embeddings text-embedding-3-small" },
      ),
    ]);
  });

  it.each<[string, ProviderId, number, string, () => Promise<unknown>, object]>([
    [
      "OpenAI",
      "openai",
      429,
      "openai.error.429.json",
      () => openai().chat.completions.create(chat),
      { ...ofOpenAI, ...chatApi, "error.type": "RateLimitError" },
    ],
    [
      "Anthropic",
      "anthropic",
      529,
      "anthropic.error.529.json",
      () => anthropic().messages.create(claude),
      { ...ofAnthropic, "error.type": "InternalServerError" },
    ],
    [
      "Bedrock",
      "bedrock",
      429,
      "bedrock.error.429.throttling.json",
      () => bedrock().send(new ConverseCommand(converse)),
      {
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": converse.modelId,
        "error.type": "ThrottlingException",
      },
    ],
  ])(
    "of %s that fails says what was asked of whom",
    async (_, provider, status, sample, call, attributes) => {
      network.failWith(provider, status, sample);
      await expect(call()).rejects.toThrow();
      expect(telemetry.tree()).toMatchObject([
        { name: "gen_ai.chat", status: "ERROR", attributes },
      ]);
    },
  );

  it("keeps what its promises can do: nothing is read that nobody has asked for", async () => {
    const raw = await openai().chat.completions.create(chat).asResponse();
    expect(await raw.json()).toMatchObject({ id: "chatcmpl-Wire0001" });
    const both = await openai().chat.completions.create(chat).withResponse();
    expect([both.data.id, both.response.status]).toEqual(["chatcmpl-Wire0001", 200]);
    const asked = telemetry
      .spans()
      .map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]);
    expect(asked).toEqual([undefined, 2540]);
  });

  it("has one span for what its helpers send", async () => {
    const parsed = await openai().chat.completions.parse(chat);
    expect(parsed.choices[0]?.message.content).toBe("The capital of France is Paris.");
    const final = await openai()
      .chat.completions.stream({ ...chat, ...usage })
      .finalMessage();
    expect(final.content).toBe("The capital of France is Paris.");
    const claudes = await anthropic().messages.stream(claude).finalMessage();
    expect(claudes.content[0]?.text).toBe("The capital of France is Paris.");
    const spans = telemetry
      .tree()
      .map(({ attributes, children }) => [
        attributes["gen_ai.provider.name"],
        attributes["gen_ai.usage.output_tokens"],
        children,
      ]);
    expect(spans).toEqual([
      ["openai", 60, []],
      ["openai", 60, []],
      ["anthropic", 60, []],
    ]);
  });

  it("is made again by its own methods, and stays wrapped", async () => {
    await openai().withOptions({ timeout: 5000 }).chat.completions.create(chat);
    expect(telemetry.spans().map(({ name }) => name)).toEqual(["gen_ai.chat"]);
  });

  it("has no span for what asks no model", async () => {
    const client = wrap(
      { models: { generateContent: async () => ({}) }, files: { list: async () => [1] } },
      { kind: "llm" },
    );
    expect(await client.files.list()).toEqual([1]);
    expect(telemetry.spans()).toEqual([]);
  });

  it("has a span that is left when its stream is", async () => {
    const stream = await openai().chat.completions.create({ ...chat, stream: true });
    for await (const _ of stream) break;
    const aborted = await openai().chat.completions.create({ ...chat, stream: true });
    for await (const _ of aborted) aborted.controller.abort();
    const outcomes = telemetry
      .spans()
      .map(({ attributes, status }) => [
        attributes["langchain.run.outcome"],
        attributes["gen_ai.response.model"],
        status.code,
      ]);
    const left = ["cancelled", "gpt-5.4-mini-2026-03-17", 0];
    expect(outcomes).toEqual([left, left]);
  });

  it("has the names that are given", async () => {
    const client = wrap(new OpenAI({ apiKey: dummyKey("openai") }), {
      kind: "llm",
      name: "openai",
      provider: "my_gateway",
      model: "fast",
      attributes: { team: "search" },
    });
    await client.chat.completions.create(chat);
    expect(telemetry.tree()).toMatchObject([
      {
        name: "openai.chat.completions.create",
        kind: "CLIENT",
        attributes: {
          team: "search",
          "gen_ai.provider.name": "my_gateway",
          "gen_ai.request.model": "fast",
        },
      },
    ]);
  });
});

describe("a traced function that asks a model", () => {
  it("is the model's call: what its argument asks, and what it returns", async () => {
    const client = new OpenAI({ apiKey: dummyKey("openai"), ...once });
    const ask = traced("llm", "ask", (body: typeof chat) => client.chat.completions.create(body));
    // What it returns is the package's own promise.
    expect((await ask(chat).withResponse()).data.id).toBe("chatcmpl-Wire0001");
    const { "server.address": _, "server.port": __, ...known } = ofOpenAI;
    expect(tree()).toEqual([
      span({
        ...known,
        ...chatApi,
        ...answeredByOpenAI,
        ...fingerprint,
        "gen_ai.response.id": "chatcmpl-Wire0001",
        ...stopped("stop"),
        ...all,
      }),
    ]);
  });

  it("knows by the answer alone who was asked", async () => {
    const client = new Anthropic({ apiKey: dummyKey("anthropic"), ...once });
    const ask = traced("llm", async (question: string) => {
      await Promise.resolve();
      const content = question;
      return client.messages.create({ ...claude, messages: [{ role: "user", content }] });
    });
    await ask("Hi");
    expect(tree()).toEqual([
      span({
        "gen_ai.provider.name": "anthropic",
        "gen_ai.response.model": "claude-sonnet-4-5-20250929",
        "gen_ai.response.id": "msg_01Wire0001",
        ...stopped("end_turn"),
        ...all,
      }),
    ]);
  });

  it("says what the arguments tell when it fails before there is an answer", async () => {
    const ask = traced("llm", "ask", async (body: object): Promise<void> => {
      throw new RangeError(`no network for ${Object.keys(body).length}`);
    });
    await expect(ask(claude)).rejects.toThrow("no network");
    expect(telemetry.tree()).toMatchObject([
      {
        name: "gen_ai.chat",
        status: "ERROR",
        attributes: {
          "gen_ai.provider.name": "anthropic",
          "gen_ai.request.model": "claude-sonnet-4-5",
          "gen_ai.request.max_tokens": 500,
          "error.type": "RangeError",
        },
      },
    ]);
  });

  it("has the metrics of a call of a model", async () => {
    await openai().chat.completions.create(chat);
    const metrics = await telemetry.metrics();
    const names = metrics.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["gen_ai.client.operation.duration", "gen_ai.client.token.usage"]),
    );
  });
});
