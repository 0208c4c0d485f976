/** What LangChain's own packages make of the samples, faults included, so that a change in a package is seen. */
import { HumanMessage } from "@langchain/core/messages";
import type { AIMessageChunk, UsageMetadata } from "@langchain/core/messages";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createEmbeddings, createTextModel, network, providers } from "./providers.ts";
import type { ProviderId } from "./providers.ts";

const QUESTION = "What is the capital of France?";
const ANSWER = "The capital of France is Paris.";

beforeAll(() => network.listen());
afterEach(() => network.reset());
afterAll(() => network.close());

const counts = { input_tokens: 2540, output_tokens: 60, total_tokens: 2600 };
const openai = {
  ...counts,
  input_token_details: { audio: 0, cache_read: 2000, cache_creation: 500 },
  output_token_details: { audio: 0, reasoning: 25 },
};
const gemini = {
  ...counts,
  input_token_details: { text: 2540, cache_read: 2000 },
  output_token_details: { text: 35, reasoning: 25 },
};
const empty = { input_token_details: {}, output_token_details: {} };

/** The whole `usage_metadata`; where it is not what the provider said, a comment tells. */
const reported: Readonly<
  Record<ProviderId, { invoke: UsageMetadata; stream: UsageMetadata | undefined }>
> = {
  openai: { invoke: openai, stream: openai },
  "openai-responses": {
    invoke: {
      ...counts,
      input_token_details: { cache_read: 2000, cache_creation: 500 },
      output_token_details: { reasoning: 25 },
    },
    stream: {
      ...counts,
      input_token_details: { cache_read: 2000, cache_creation: 500 },
      output_token_details: { reasoning: 25 },
    },
  },
  azure: { invoke: openai, stream: openai },
  anthropic: {
    // Without the 25 of thinking.
    invoke: { ...counts, input_token_details: { cache_read: 2000, cache_creation: 500 } },
    // The 3 of the first event are added to the 60 of the last one, which has them in it.
    stream: {
      input_tokens: 2540,
      output_tokens: 63,
      total_tokens: 2603,
      input_token_details: { cache_read: 2000, cache_creation: 500 },
      output_token_details: {},
    },
  },
  google: { invoke: gemini, stream: gemini },
  "google-vertex": { invoke: gemini, stream: gemini },
  "google-genai": {
    // The 25 thoughts are missing.
    invoke: { ...counts, output_tokens: 35, input_token_details: { cache_read: 2000 } },
    // The cached tokens of three chunks are added up.
    stream: {
      ...counts,
      output_tokens: 35,
      input_token_details: { cache_read: 6000 },
      output_token_details: {},
    },
  },
  bedrock: {
    invoke: { ...counts, input_token_details: { cache_read: 2000, cache_creation: 500 } },
    stream: {
      ...counts,
      input_token_details: { cache_read: 2000, cache_creation: 500 },
      output_token_details: {},
    },
  },
  // Without the 2000 cached ones, which the message has in `additional_kwargs` and `response_metadata`.
  cohere: { invoke: counts, stream: { ...counts, ...empty } },
  // Without the 2000 cached ones, which are nowhere in the message.
  mistral: { invoke: counts, stream: { ...counts, ...empty } },
  // Without the 2000 cached ones; streamed there is no usage at all, only in `response_metadata`.
  groq: { invoke: counts, stream: undefined },
  ollama: { invoke: { ...counts, ...empty }, stream: { ...counts, ...empty } },
  xai: {
    // The 25 of reasoning are missing: xAI counts them beside the 35, not in them.
    invoke: {
      ...counts,
      output_tokens: 35,
      input_token_details: { audio: 0, cache_read: 2000 },
      output_token_details: { audio: 0, reasoning: 25 },
    },
    stream: {
      ...counts,
      output_tokens: 35,
      input_token_details: { audio: 0, cache_read: 2000 },
      output_token_details: { audio: 0, reasoning: 25 },
    },
  },
  deepseek: {
    invoke: {
      ...counts,
      input_token_details: { cache_read: 2000 },
      output_token_details: { reasoning: 25 },
    },
    stream: {
      ...counts,
      input_token_details: { cache_read: 2000 },
      output_token_details: { reasoning: 25 },
    },
  },
};

describe.each(Object.values(providers))("$id", ({ id, create }) => {
  it("reports this usage for invoke", async () => {
    const message = await create().invoke(QUESTION);

    expect(message.text).toBe(ANSWER);
    expect(message.usage_metadata).toEqual(reported[id].invoke);
    expect(network.requests.map(({ provider }) => provider)).toEqual([id]);
  });

  it("reports this usage for a stream", async () => {
    const message = await collect(create());

    expect(message.text).toBe(ANSWER);
    expect(message.usage_metadata).toEqual(reported[id].stream);
    expect(network.requests.map(({ provider }) => provider)).toEqual([id]);
  });
});

describe("metadata that LangChain gets wrong when it streams", () => {
  it("doubles the model of the Responses API", async () => {
    const { response_metadata } = await collect(providers["openai-responses"].create());
    expect(response_metadata).toMatchObject({
      model: "gpt-5.4-mini-2026-03-17gpt-5.4-mini-2026-03-17",
      model_name: "gpt-5.4-mini-2026-03-17",
    });
  });

  it("repeats Mistral's model once per chunk", async () => {
    const { response_metadata } = await collect(providers.mistral.create());
    expect(response_metadata["model"]).toBe("mistral-medium-3.5".repeat(4));
  });

  it("keeps Anthropic's model and stop reason in additional_kwargs only", async () => {
    const { response_metadata, additional_kwargs } = await collect(providers.anthropic.create());
    expect(Object.keys(response_metadata)).toEqual(["model_provider", "usage"]);
    expect(additional_kwargs).toMatchObject({
      model: "claude-sonnet-4-5-20250929",
      stop_reason: "end_turn",
    });
  });

  it("adds DeepSeek's usage to itself", async () => {
    const { response_metadata } = await collect(providers.deepseek.create());
    expect(response_metadata["usage"]).toMatchObject({
      prompt_tokens: 5080,
      completion_tokens: 120,
    });
  });

  it("has Groq's usage only here, with the total twice", async () => {
    const { response_metadata } = await collect(providers.groq.create());
    expect(response_metadata["usage"]).toMatchObject({
      prompt_tokens: 2540,
      completion_tokens: 60,
      total_tokens: 5200,
      prompt_tokens_details: { cached_tokens: 2000 },
      completion_tokens_details: { reasoning_tokens: 25 },
    });
  });
});

describe("the OpenAI fake", () => {
  it("answers with as many choices as are asked for", async () => {
    const result = await providers.openai.create({ n: 3 }).generate([[new HumanMessage(QUESTION)]]);
    expect(result.generations.map((group) => group.map(({ text }) => text))).toEqual([
      [ANSWER, ANSWER, ANSWER],
    ]);
  });

  it("sends no usage in a stream that does not ask for it", async () => {
    const message = await collect(providers.openai.create({ streamUsage: false }));
    expect([message.text, message.usage_metadata]).toEqual([ANSWER, undefined]);
  });

  it("serves the vocabulary that an invoke with `streaming: true` fetches to count by itself", async () => {
    const message = await providers.openai.create({ streaming: true }).invoke(QUESTION);
    expect([message.text, message.usage_metadata]).toEqual([ANSWER, openai]);
  });

  it("answers text completions, streamed or not", async () => {
    const model = createTextModel();
    const chunks: string[] = [];
    for await (const chunk of await model.stream(QUESTION)) chunks.push(chunk);
    expect([await model.invoke(QUESTION), chunks.join("")]).toEqual([ANSWER, ANSWER]);
  });

  it("answers each of several prompts in one request", async () => {
    const { generations } = await createTextModel().generate(["one", "two"]);
    expect(generations.map((group) => group.map(({ text }) => text))).toEqual([[ANSWER], [ANSWER]]);
    expect(network.requests).toHaveLength(1);
  });

  it("answers embeddings", async () => {
    expect(await createEmbeddings({ encodingFormat: "float" }).embedQuery(QUESTION)).toEqual([
      0.01, -0.02, 0.03,
    ]);
  });
});

async function collect(
  model: ReturnType<(typeof providers)["openai"]["create"]>,
): Promise<AIMessageChunk> {
  let message: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(QUESTION)) message = message?.concat(chunk) ?? chunk;
  return message!;
}
