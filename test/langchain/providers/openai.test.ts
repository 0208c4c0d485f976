import { InMemoryCache } from "@langchain/core/caches";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { afterAll, afterEach, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { createTestTelemetry } from "../../../src/testing/index.ts";

/** As OpenAI answers. */
const usage = {
  prompt_tokens: 2540,
  completion_tokens: 60,
  prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 500 },
};

/** As the package of core 0.3 reads it. */
const readByCore03 = {
  input_tokens: 2540,
  output_tokens: 60,
  total_tokens: 2600,
  input_token_details: { audio: undefined, cache_read: 2000 },
};

/** Answers with a message of that metadata. */
class ChatOpenAI extends BaseChatModel {
  readonly #metadata: object;

  constructor(metadata: object, cache?: InMemoryCache) {
    super(cache === undefined ? {} : { cache });
    this.#metadata = metadata;
  }

  _llmType(): string {
    return "openai";
  }

  async _generate(): Promise<ChatResult> {
    return {
      generations: [
        { text: "Hello", message: new AIMessage({ content: "Hello", ...this.#metadata }) },
      ],
    };
  }
}

const telemetry = createTestTelemetry();
const callbacks = [new OpenTelemetryCallbackHandler()];

afterEach(() => telemetry.reset());
afterAll(() => telemetry.shutdown());

function tokens(): unknown[] {
  return telemetry
    .spans()
    .map(({ attributes }) => [
      attributes["gen_ai.provider.name"],
      attributes["gen_ai.usage.input_tokens"],
      attributes["gen_ai.usage.cache_creation.input_tokens"],
    ]);
}

describe("the tokens written to the cache, where LangChain's usage leaves them out", () => {
  it("are those of OpenAI's own usage", async () => {
    const message = { usage_metadata: readByCore03, response_metadata: { usage } };
    await new ChatOpenAI(message).invoke("Hi", { callbacks });

    expect(tokens()).toEqual([["openai", 2540, 500]]);
  });

  it.each([499, 0])("are LangChain's number when it has one: %d", async (written) => {
    const details = { cache_read: 2000, cache_creation: written };
    const message = {
      usage_metadata: { ...readByCore03, input_token_details: details },
      response_metadata: { usage },
    };
    await new ChatOpenAI(message).invoke("Hi", { callbacks });

    expect(tokens()).toEqual([["openai", 2540, written]]);
  });

  it("are none for an answer of LangChain's cache, which keeps the metadata of the first call", async () => {
    const message = { usage_metadata: readByCore03, response_metadata: { usage } };
    const model = new ChatOpenAI(message, new InMemoryCache());
    await model.invoke("Hi", { callbacks });
    const again = await model.invoke("Hi", { callbacks });

    expect(again.response_metadata).toEqual({ usage });
    expect(tokens()).toEqual([
      ["openai", 2540, 500],
      ["openai", undefined, undefined],
    ]);
  });

  it.each([
    [
      "a cached answer that nobody marked",
      { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      usage,
    ],
    [
      "a usage that was added up over the chunks of a stream",
      readByCore03,
      {
        ...usage,
        prompt_tokens: 3 * 2540,
        prompt_tokens_details: { cache_write_tokens: 3 * 500 },
      },
    ],
    ["a number that is none", readByCore03, { ...usage, prompt_tokens_details: null }],
  ])("are unknown for %s", async (_, usage_metadata, rawUsage) => {
    const message = { usage_metadata, response_metadata: { usage: rawUsage } };
    await new ChatOpenAI(message).invoke("Hi", { callbacks });

    expect(tokens()).toEqual([["openai", usage_metadata.input_tokens, undefined]]);
  });
});
