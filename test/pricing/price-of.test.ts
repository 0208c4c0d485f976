import { describe, expect, it } from "vitest";

import { type PricedCall, priceOf } from "../../src/cost/index.ts";

/**
 * The numbers are worked out by hand from what the providers publish, in millionths of a dollar: tokens x USD per
 * million. They are compared exactly, not nearly: a price is a decimal and has to print as one.
 */
const millionths = (amount: number): number => Number((amount / 1e6).toFixed(12));

/** The call of all wire samples: 40 fresh, 2000 read from the cache, 500 written to it, 60 out, 25 of them thought. */
const SAMPLE = {
  inputTokens: 2540,
  outputTokens: 60,
  cacheReadTokens: 2000,
  cacheWriteTokens: 500,
  reasoningTokens: 25,
};
const WITH_1H = { ...SAMPLE, cacheWrite1hTokens: 200 };

describe("the sample call", () => {
  it.each<[string, Partial<PricedCall>, number]>([
    // in 0.75, read 0.075, out 4.5; writes are plain input: 540 x 0.75 + 2000 x 0.075 + 60 x 4.5
    ["of OpenAI", { ...SAMPLE, provider: "openai", model: "gpt-5.4-mini-2026-03-17" }, 825],
    // in 2, read 0.5, out 8: 540 x 2 + 2000 x 0.5 + 60 x 8
    ["of Azure", { ...SAMPLE, provider: "azure.ai.openai", model: "gpt-4.1-2025-04-14" }, 2560],
    // in 3, read 0.3, write 3.75, 1 h 6, out 15: 40 x 3 + 2000 x 0.3 + 300 x 3.75 + 200 x 6 + 60 x 15
    [
      "of Anthropic",
      { ...WITH_1H, provider: "anthropic", model: "claude-sonnet-4-5-20250929" },
      3945,
    ],
    // All five-minute writes: 40 x 3 + 2000 x 0.3 + 500 x 3.75 + 60 x 15
    [
      "of Anthropic, five minutes",
      { ...SAMPLE, provider: "anthropic", model: "claude-sonnet-4-5" },
      3495,
    ],
    // in 0.3, read 0.03, out 2.5; Gemini has no writes: 540 x 0.3 + 2000 x 0.03 + 60 x 2.5
    [
      "of Gemini",
      { ...SAMPLE, cacheWriteTokens: undefined, provider: "gcp.gemini", model: "gemini-2.5-flash" },
      372,
    ],
    // A tenth more than global: 40 x 3.3 + 2000 x 0.33 + 300 x 4.125 + 200 x 6.6 + 60 x 16.5
    [
      "of Bedrock, regional",
      {
        ...WITH_1H,
        provider: "aws.bedrock",
        model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      },
      4339.5,
    ],
    [
      "of Bedrock, global",
      {
        ...WITH_1H,
        provider: "aws.bedrock",
        model: "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
      },
      3945,
    ],
    // Embeddings: 7 x 0.02
    [
      "of embeddings",
      { inputTokens: 7, outputTokens: 0, provider: "openai", model: "text-embedding-3-small" },
      0.14,
    ],
  ])("%s", (_, call, expected) => {
    const cost = priceOf(call as PricedCall);
    expect(cost?.usd).toBe(millionths(expected));
    expect(cost?.source).toBe("genai-prices");
  });

  it("says what was paid for", () => {
    const call = { ...WITH_1H, provider: "anthropic", model: "claude-sonnet-4-5" };
    expect(priceOf(call)).toEqual({
      usd: 0.003945,
      parts: {
        input: 0.00012, // 40 x 3
        cacheRead: 0.0006, // 2000 x 0.3
        cacheWrite: 0.001125, // 300 x 3.75
        cacheWrite1h: 0.0012, // 200 x 6
        output: 0.000525, // 35 x 15
        reasoning: 0.000375, // 25 x 15
      },
      source: "genai-prices",
    });
  });
});

describe("long contexts", () => {
  const call = { provider: "anthropic", model: "claude-sonnet-4-5", outputTokens: 1000 };

  it("cost the lower price up to the limit", () => {
    // 200,000 x 3 + 1000 x 15
    expect(priceOf({ ...call, inputTokens: 200_000 })?.usd).toBe(0.615);
  });

  it("cost the higher price for every token above it", () => {
    // 200,001 x 6 + 1000 x 22.5
    expect(priceOf({ ...call, inputTokens: 200_001 })?.usd).toBe(1.222506);
  });

  it("count cached tokens for the limit", () => {
    // 50,000 x 6 + 150,000 x 0.6 + 50,000 x 7.5 + 1000 x 22.5
    const cached = { inputTokens: 250_000, cacheReadTokens: 150_000, cacheWriteTokens: 50_000 };
    expect(priceOf({ ...call, ...cached })?.usd).toBe(0.7875);
    // The hour's writes are twice the input's price there too: 200,001 x 12 + 1000 x 22.5
    const anHour = { inputTokens: 200_001, cacheWriteTokens: 200_001, cacheWrite1hTokens: 200_001 };
    expect(priceOf({ ...call, ...anHour })?.usd).toBe(2.422512);
    expect(priceOf({ ...call, ...anHour, provider: "gcp.vertex_ai" })?.usd).toBe(2.422512);
  });
});

describe("audio and reasoning", () => {
  it("have their own price where the provider has one", () => {
    // 500 x 0.3 + 1000 x 1 + 100 x 2.5
    const gemini = { provider: "google_genai", model: "gemini-2.5-flash" };
    expect(
      priceOf({ ...gemini, inputTokens: 1500, audioInputTokens: 1000, outputTokens: 100 })?.usd,
    ).toBe(0.0014);
    // 400 x 5 + 600 x 40 + 100 x 20 + 400 x 80
    const realtime = {
      inputTokens: 1000,
      audioInputTokens: 600,
      outputTokens: 500,
      audioOutputTokens: 400,
    };
    expect(
      priceOf({ ...realtime, provider: "openai", model: "gpt-4o-realtime-preview" })?.usd,
    ).toBe(0.06);
    // 1000 x 2 + 100 x 8 + 300 x 3
    const research = { inputTokens: 1000, outputTokens: 400, reasoningTokens: 300 };
    expect(
      priceOf({ ...research, provider: "perplexity", model: "sonar-deep-research" })?.usd,
    ).toBe(0.0037);
  });

  it("are unknown where the provider has a price of its own that nobody told", () => {
    const call = {
      provider: "openai",
      model: "gpt-4o-audio-preview",
      inputTokens: 10,
      outputTokens: 10,
    };
    expect(priceOf(call)?.usd).toBe(0.000125);
    expect(priceOf({ ...call, audioInputTokens: 5 })).toBeUndefined();
    expect(priceOf({ ...call, audioOutputTokens: 5 })).toBeUndefined();
  });

  it("are never paid twice when they were cached", () => {
    // 400 read x 0.03, 600 audio x 1: all that is not cached is audio
    const call = {
      inputTokens: 1000,
      cacheReadTokens: 400,
      audioInputTokens: 900,
      outputTokens: 0,
    };
    expect(priceOf({ ...call, provider: "google", model: "gemini-2.5-flash" })?.usd).toBe(0.000612);
  });
});

describe("names", () => {
  const MILLION = { inputTokens: 1_000_000, outputTokens: 0 };

  it.each([
    ["openai", "gpt-4o-2024-08-06", 2.5],
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", 0.3],
    ["azure", "gpt-4o-2024-08-06", 2.5],
    ["azure_openai", "gpt-4o", 2.5],
    ["anthropic", "claude-haiku-4-5-20251001", 1],
    ["google_vertexai", "claude-sonnet-4@20250514", 3],
    ["gcp.vertex_ai", "publishers/google/models/gemini-2.5-flash", 0.3],
    ["google_genai", "models/gemini-2.5-flash", 0.3],
    ["amazon_bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", 1.1],
    ["amazon_bedrock", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1],
    ["aws.bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", 3],
    ["bedrock", "amazon.nova-lite-v1:0:300k", 0.06],
    [
      "aws",
      "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
      1.1,
    ],
    [
      "aws",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
      1.1,
    ],
    [
      "aws",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0",
      1,
    ],
    ["mistral_ai", "mistral-large-2411", 2],
    ["mistralai", "mistral-large-latest", 2],
    ["x_ai", "grok-4", 3],
    ["xai", "grok-4-0709", 3],
    ["groq", "llama-3.3-70b-versatile", 0.59],
    ["moonshot", "kimi-k2-0711-preview", 0.6],
    ["Together-AI", "meta-llama/Llama-3.3-70B-Instruct-Turbo", 0.88],
  ])("of %s, %s", (provider, model, expected) => {
    expect(priceOf({ ...MILLION, provider, model })?.usd).toBe(expected);
  });

  it.each([
    ["ollama", "llama3.2"],
    ["openai", "a-model-of-tomorrow"],
    ["azure", "our-deployment"],
    ["my_openai_proxy", "gpt-4o"],
    ["not-google-at-all", "gemini-2.5-flash"],
    ["aws", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"],
    ["aws", "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abc"],
    ["aws", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/amazon.nova-lite-v1:0"],
    // Listed without any price, which also stands for "free".
    ["google", "gemma-3"],
    ["mistral", "mistral-nemo:free"],
    // Priced by the hour and by the page only.
    ["openai", "whisper-1"],
    ["mistral", "mistral-ocr-2505"],
  ])("unknown: %s, %s", (provider, model) => {
    expect(priceOf({ ...MILLION, provider, model })).toBeUndefined();
  });
});

describe("time", () => {
  it("decides where a price began on a day", () => {
    const call = { provider: "openai", model: "o3", inputTokens: 1000, outputTokens: 100 };
    // 1000 x 10 + 100 x 40, later 1000 x 2 + 100 x 8
    expect(priceOf({ ...call, at: new Date("2025-06-01") })?.usd).toBe(0.014);
    expect(priceOf({ ...call, at: Date.parse("2025-07-01") })?.usd).toBe(0.0028);
    expect(priceOf({ ...call, at: new Date("2025-06-01") })?.usd).toBe(0.014);
    expect(priceOf(call)?.usd).toBe(0.0028);
  });

  it("decides where the night is cheaper", () => {
    const call = {
      provider: "deepseek",
      model: "deepseek-chat",
      inputTokens: 1000,
      outputTokens: 100,
    };
    // 1000 x 0.27 + 100 x 1.1 and half of it
    expect(priceOf({ ...call, at: new Date("2026-01-01T12:00:00Z") })?.usd).toBe(0.00038);
    expect(priceOf({ ...call, at: new Date("2026-01-01T20:00:00Z") })?.usd).toBe(0.00019);
  });
});

describe("tiers of service", () => {
  const call = { provider: "openai", model: "gpt-4o", inputTokens: 1_000_000, outputTokens: 0 };

  it.each([
    ["default", 2.5],
    ["auto", 2.5],
    ["standard", 2.5],
    ["", 2.5],
    ["flex", 1.25],
    ["batch", 1.25],
    ["FLEX", 1.25],
    ["SERVICE_TIER_BATCH", 1.25],
    ["priority", undefined],
    ["scale", undefined],
    ["constructor", undefined],
  ])("%s", (tier, expected) => {
    expect(priceOf({ ...call, tier })?.usd).toBe(expected);
  });

  it("are the provider's own", () => {
    const groq = { ...call, provider: "groq", model: "llama-3.3-70b-versatile" };
    expect(priceOf({ ...groq, tier: "flex" })?.usd).toBe(0.59);
    expect(priceOf({ ...groq, tier: "on_demand" })?.usd).toBe(0.59);
    const claude = { ...call, provider: "anthropic", model: "claude-haiku-4-5" };
    expect(priceOf({ ...claude, tier: "standard" })?.usd).toBe(1);
    expect(priceOf({ ...claude, tier: "batch" })?.usd).toBe(0.5);
    expect(priceOf({ ...claude, tier: "flex" })).toBeUndefined();
  });

  it("leave the fee for a request as it is", () => {
    // 1000 x 3 + 1 x 14,000
    const sonar = {
      provider: "perplexity",
      model: "sonar-pro",
      inputTokens: 1000,
      outputTokens: 0,
    };
    expect(priceOf(sonar)).toEqual({
      usd: 0.017,
      parts: { input: 0.003, request: 0.014 },
      source: "genai-prices",
    });
  });
});

describe("hostile counts", () => {
  const call = {
    provider: "anthropic",
    model: "claude-haiku-4-5",
    inputTokens: 100,
    outputTokens: 10,
  };

  it("never make the parts more than the whole", () => {
    // The input is 100 tokens, whatever the cache says: 100 x 0.1 + 10 x 5
    expect(priceOf({ ...call, cacheReadTokens: 6000 })?.parts).toEqual({
      cacheRead: 0.00001,
      output: 0.00005,
    });
    // 60 x 0.1 + 40 x 1.25 + 10 x 5
    expect(priceOf({ ...call, cacheReadTokens: 60, cacheWriteTokens: 90 })?.usd).toBe(0.000106);
    // An hour's part of no known whole is the whole: 50 x 1 + 50 x 2 + 10 x 5
    expect(priceOf({ ...call, cacheWrite1hTokens: 50 })?.usd).toBe(0.0002);
    expect(priceOf({ ...call, cacheWriteTokens: 50, cacheWrite1hTokens: 80 })?.usd).toBe(0.0002);
    expect(priceOf({ ...call, reasoningTokens: 80, audioOutputTokens: 80 })?.usd).toBe(0.00015);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53, "10", null])(
    "that are none have no price: %s",
    (count) => {
      for (const field of [
        "inputTokens",
        "outputTokens",
        "cacheReadTokens",
        "cacheWriteTokens",
        "cacheWrite1hTokens",
        "reasoningTokens",
        "audioInputTokens",
        "audioOutputTokens",
      ]) {
        expect(priceOf({ ...call, [field]: count })).toBeUndefined();
      }
    },
  );

  it("may be as large as numbers are exact", () => {
    const huge = { ...call, inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 0 };
    expect(priceOf(huge)?.usd).toBe(Number.MAX_SAFE_INTEGER / 1e6);
  });

  it("of nothing cost nothing", () => {
    expect(priceOf({ ...call, inputTokens: 0, outputTokens: 0 })).toEqual({
      usd: 0,
      parts: {},
      source: "genai-prices",
    });
  });

  it("of a model without a price have none either", () => {
    const free = { provider: "google", model: "gemma-3", inputTokens: 0, outputTokens: 0 };
    expect(priceOf(free)).toBeUndefined();
  });

  it.each([
    [undefined],
    [null],
    ["gpt-4o"],
    [{}],
    [{ ...call, model: undefined }],
    [{ ...call, model: "" }],
    [{ ...call, model: "x".repeat(3000) }],
    [{ ...call, model: "__proto__" }],
    [{ ...call, provider: 3 }],
    [{ ...call, provider: "constructor" }],
    [{ ...call, provider: "" }],
    [{ ...call, at: new Date(Number.NaN) }],
    [{ ...call, at: "yesterday" }],
    [{ ...call, at: null }],
    [{ ...call, tier: 5 }],
  ])("and calls that are none have no price: %j", (bad) => {
    expect(priceOf(bad as PricedCall)).toBeUndefined();
  });
});
