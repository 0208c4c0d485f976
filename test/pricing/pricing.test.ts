import { describe, expect, it } from "vitest";

import type { PriceTable } from "../../src/pricing/price-table.ts";
import { type CostedRequest, Pricing } from "../../src/pricing/pricing.ts";

const MILLION = { inputTokens: 1_000_000, outputTokens: 0 };

describe("a table of one's own", () => {
  it("comes before the published prices, model by model", () => {
    const pricing = new Pricing({ openai: { "gpt-4o": { input: 1, output: 2 } } });
    expect(pricing.priceOf({ ...MILLION, provider: "openai", model: "gpt-4o" })).toEqual({
      usd: 1,
      parts: { input: 1 },
      source: "option",
    });
    expect(pricing.priceOf({ ...MILLION, provider: "openai", model: "gpt-4o-mini" })).toEqual({
      usd: 0.15,
      parts: { input: 0.15 },
      source: "genai-prices",
    });
  });

  it("prices each part, and parts without a price as what they are part of", () => {
    const prices: PriceTable = {
      acme: {
        all: {
          input: 10,
          output: 20,
          cacheRead: 1,
          cacheWrite: 12,
          cacheWrite1h: 15,
          reasoning: 30,
          audioInput: 40,
          audioOutput: 50,
          request: 0.25,
        },
        two: { input: 10, output: 20 },
        writes: { input: 10, output: 20, cacheWrite: 12 },
      },
    };
    const pricing = new Pricing(prices);
    const call = {
      provider: "acme",
      inputTokens: 10_000,
      cacheReadTokens: 1000,
      cacheWriteTokens: 5000,
      cacheWrite1hTokens: 2000,
      audioInputTokens: 1500,
      outputTokens: 6000,
      reasoningTokens: 1000,
      audioOutputTokens: 2000,
    };
    expect(pricing.priceOf({ ...call, model: "all" })).toEqual({
      usd: 0.592, // the sum of the parts
      parts: {
        input: 0.025, // 2500 x 10
        cacheRead: 0.001, // 1000 x 1
        cacheWrite: 0.036, // 3000 x 12
        cacheWrite1h: 0.03, // 2000 x 15
        audioInput: 0.06, // 1500 x 40
        output: 0.06, // 3000 x 20
        reasoning: 0.03, // 1000 x 30
        audioOutput: 0.1, // 2000 x 50
        request: 0.25,
      },
      source: "option",
    });
    // 10,000 x 10 + 6000 x 20
    expect(pricing.priceOf({ ...call, model: "two" })?.usd).toBe(0.22);
    // 5000 x 12 + 5000 x 10 + 6000 x 20
    expect(pricing.priceOf({ ...call, model: "writes" })?.usd).toBe(0.23);
  });

  it("knows no price of what it does not say", () => {
    const pricing = new Pricing({ acme: { embed: { input: 1 }, speak: { output: 5 } } });
    const embed = { provider: "acme", model: "embed" };
    expect(pricing.priceOf({ ...embed, inputTokens: 10, outputTokens: 0 })?.usd).toBe(0.00001);
    expect(pricing.priceOf({ ...embed, inputTokens: 10, outputTokens: 1 })).toBeUndefined();
    const speak = { provider: "acme", model: "speak" };
    expect(pricing.priceOf({ ...speak, inputTokens: 10, outputTokens: 1 })).toBeUndefined();
  });

  it("may say that a model is free, which nothing else can", () => {
    const pricing = new Pricing({ ollama: { "*": { input: 0, output: 0 } } });
    const call = { provider: "ollama", model: "llama3.2:3b", inputTokens: 10, outputTokens: 10 };
    expect(pricing.priceOf(call)).toEqual({
      usd: 0,
      parts: { input: 0, output: 0 },
      source: "option",
    });
    expect(new Pricing().priceOf(call)).toBeUndefined();
  });

  it("has other prices above numbers of tokens, in any order", () => {
    const pricing = new Pricing({
      acme: {
        m: {
          input: 1,
          output: 10,
          cacheRead: 0.1,
          tiers: [
            { above: 1000, input: 4 },
            { above: 100, input: 2, output: 20 },
          ],
        },
      },
    });
    const usd = (inputTokens: number): number | undefined =>
      pricing.priceOf({
        provider: "acme",
        model: "m",
        inputTokens,
        outputTokens: 10,
        cacheReadTokens: 50,
      })?.usd;
    expect(usd(100)).toBe(0.000155); // 50 x 1 + 50 x 0.1 + 10 x 10
    expect(usd(101)).toBe(0.000307); // 51 x 2 + 50 x 0.1 + 10 x 20
    expect(usd(1001)).toBe(0.004009); // 951 x 4 + 50 x 0.1 + 10 x 20
  });

  it.each([
    ["bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"],
    ["amazon_bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"],
    ["aws.bedrock", "anthropic.claude-sonnet-4-5-20250929", "bedrock"],
    ["aws", "claude-sonnet-4-5-20250929", "amazon_bedrock"],
    ["AWS", "Claude-Sonnet-4-5", "aws.bedrock"],
  ])("finds %s %s", (provider, model, said) => {
    const pricing = new Pricing({ [provider]: { [model]: { input: 7 } } });
    const id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${id}`;
    expect(pricing.priceOf({ ...MILLION, provider: said, model: id })?.usd).toBe(7);
    expect(pricing.priceOf({ ...MILLION, provider: said, model: arn })?.usd).toBe(7);
  });

  it.each([
    ["openai", "gpt-4o", "gpt-4o-2024-08-06"],
    ["google", "claude-sonnet-4", "claude-sonnet-4@20250514"],
    ["google", "gemini-2.5-pro", "models/gemini-2.5-pro"],
    ["anthropic", "claude-3-5-haiku", "claude-3-5-haiku-latest"],
    [
      "aws",
      "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x1",
      "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x1",
    ],
  ])("of %s finds %s for %s", (provider, model, said) => {
    const pricing = new Pricing({ [provider]: { [model]: { input: 7 } } });
    expect(pricing.priceOf({ ...MILLION, provider, model: said })?.usd).toBe(7);
  });

  it("may name a provider in several ways", () => {
    const pricing = new Pricing({ bedrock: { a: { input: 1 } }, aws: { b: { input: 2 } } });
    const usd = (model: string): number | undefined =>
      pricing.priceOf({ ...MILLION, provider: "aws.bedrock", model })?.usd;
    expect([usd("a"), usd("b")]).toEqual([1, 2]);
  });

  it("takes the most particular entry", () => {
    const pricing = new Pricing({
      openai: { "*": { input: 1 }, "gpt-4o": { input: 2 }, "gpt-4o-2024-08-06": { input: 3 } },
    });
    const usd = (model: string): number | undefined =>
      pricing.priceOf({ ...MILLION, provider: "openai", model })?.usd;
    expect([usd("gpt-4o-2024-08-06"), usd("gpt-4o-2024-11-20"), usd("gpt-4.1")]).toEqual([3, 2, 1]);
    expect(usd("ft:gpt-4o-2024-08-06:acme::abc")).toBe(1);
  });

  it("has factors for tiers of service, for its own prices and for published ones", () => {
    const pricing = new Pricing({
      openai: {
        "*": { multipliers: { priority: 2 } },
        "gpt-4o": { multipliers: { priority: 1.7, batch: 0.4 } },
        ours: { input: 10, output: 20, request: 1, multipliers: { "night-time": 0.1 } },
      },
    });
    const cost = (model: string, tier: string): unknown => {
      const priced = pricing.priceOf({ ...MILLION, provider: "openai", model, tier });
      return priced && [priced.usd, priced.source];
    };
    expect(cost("gpt-4o", "priority")).toEqual([4.25, "genai-prices"]);
    expect(cost("gpt-4o", "batch")).toEqual([1, "genai-prices"]);
    expect(cost("gpt-4o", "flex")).toEqual([1.25, "genai-prices"]);
    expect(cost("gpt-4o-mini", "priority")).toEqual([0.3, "genai-prices"]);
    expect(cost("ours", "night_time")).toEqual([2, "option"]); // 10 x 0.1, and 1 for the request
    expect(cost("ours", "priority")).toEqual([21, "option"]);
    expect(cost("ours", "scale")).toBeUndefined();
  });
});

describe("what a run's call cost", () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 };
  const chat = (provider: string, model?: string): CostedRequest => ({
    kind: "model",
    provider,
    model,
  });
  const pricing = new Pricing();

  it("is by the model that answered", () => {
    const request = chat("openai", "gpt-4o");
    expect(pricing.costOf(request, { model: "gpt-4o-mini" }, usage)).toEqual({
      usd: 0.15,
      parts: { input: 0.15 },
      source: "genai-prices",
    });
    expect(pricing.costOf(request, undefined, usage)).toMatchObject({ usd: 2.5 });
    expect(pricing.costOf(request, { model: "not-listed" }, usage)).toMatchObject({ usd: 2.5 });
  });

  it("is by the name of a deployment of Azure's in a table only: it may be any name", () => {
    const request = chat("azure.ai.openai", "gpt-3.5-turbo");
    expect(pricing.costOf(request, { model: "gpt-4.1-2025-04-14" }, usage)).toMatchObject({
      usd: 2,
    });
    expect(pricing.costOf(request, undefined, usage)).toBe("missing");
    expect(pricing.costOf(request, { model: "not-listed" }, usage)).toBe("missing");
    const own = new Pricing({ azure: { "gpt-3.5-turbo": { input: 9 } } });
    expect(own.costOf(request, undefined, usage)).toMatchObject({ usd: 9 });
    expect(own.costOf(request, { model: "gpt-4.1-2025-04-14" }, usage)).toMatchObject({ usd: 9 });
  });

  it("is by the tier that served, else by the one that was asked for", () => {
    const request = { ...chat("openai", "gpt-4o"), serviceTier: "flex" };
    expect(pricing.costOf(request, { serviceTier: "default" }, usage)).toMatchObject({ usd: 2.5 });
    expect(pricing.costOf(request, {}, usage)).toMatchObject({ usd: 1.25 });
    expect(pricing.costOf(request, { serviceTier: "priority" }, usage)).toBe("missing");
  });

  it("is by the prices of its time", () => {
    const at = Date.parse("2025-06-01");
    expect(pricing.costOf(chat("openai", "o3"), undefined, usage, at)).toMatchObject({ usd: 10 });
    expect(pricing.costOf(chat("openai", "o3"), undefined, usage)).toMatchObject({ usd: 2 });
  });

  it("is missing where there are tokens and no price", () => {
    expect(pricing.costOf(chat("ollama", "llama3.2"), undefined, usage)).toBe("missing");
    expect(pricing.costOf(chat("openai"), undefined, usage)).toBe("missing");
    expect(pricing.costOf(chat(""), undefined, usage)).toBe("missing");
  });

  it("is nothing where there is nothing to price", () => {
    const request = chat("openai", "gpt-4o");
    expect(pricing.costOf(request, { model: "gpt-4o" }, undefined)).toBeUndefined();
    expect(pricing.costOf(request, undefined, {})).toBeUndefined();
    expect(pricing.costOf(request, undefined, { inputTokens: 5 })).toBeUndefined();
    expect(pricing.costOf(request, undefined, { outputTokens: 5 })).toBeUndefined();
    expect(pricing.costOf(request, { cached: true }, usage)).toBeUndefined();
  });

  it("of embeddings has no output", () => {
    const request: CostedRequest = {
      kind: "embeddings",
      provider: "openai",
      model: "text-embedding-3-small",
    };
    expect(pricing.costOf(request, undefined, { inputTokens: 7 })).toEqual({
      usd: 0.00000014,
      parts: { input: 0.00000014 },
      source: "genai-prices",
    });
  });

  it("has all parts of the usage", () => {
    const all = {
      inputTokens: 2540,
      outputTokens: 60,
      cacheReadTokens: 2000,
      cacheWriteTokens: 500,
      cacheWrite1hTokens: 200,
      reasoningTokens: 25,
    };
    const request = chat("anthropic", "claude-sonnet-4-5");
    expect(pricing.costOf(request, undefined, all)).toMatchObject({ usd: 0.003945 });
  });
});
