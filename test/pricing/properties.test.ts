import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type PricedCall, priceOf } from "../../src/cost/index.ts";
import type { ModelPrice } from "../../src/pricing/price-table.ts";
import { Pricing } from "../../src/pricing/pricing.ts";

const count = fc.oneof(fc.nat({ max: 3_000_000 }), fc.nat({ max: 10 }));
/** At most six decimals, as providers write prices. */
const usd = fc.nat({ max: 200_000_000 }).map((millionths) => millionths / 1e6);
const part = fc.option(count, { nil: undefined });
const tokens = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: part,
  cacheWriteTokens: part,
  cacheWrite1hTokens: part,
  reasoningTokens: part,
  audioInputTokens: part,
  audioOutputTokens: part,
});
const price: fc.Arbitrary<ModelPrice> = fc.record(
  {
    input: usd,
    output: usd,
    cacheRead: usd,
    cacheWrite: usd,
    cacheWrite1h: usd,
    reasoning: usd,
    audioInput: usd,
    audioOutput: usd,
  },
  { requiredKeys: ["input", "output"] },
);
const model = fc.constantFrom(
  ["openai", "gpt-4o-mini"],
  ["openai", "gpt-6-sol"],
  ["anthropic", "claude-sonnet-4-5"],
  ["google", "gemini-2.5-pro"],
  ["aws", "eu.anthropic.claude-haiku-4-5-20251001-v1:0"],
  ["perplexity", "sonar-deep-research"],
);

/** A price as anybody's whole number of 10^-12 USD. */
const units = (amount: number | undefined): number => Math.round((amount ?? Number.NaN) * 1e12);

describe("any call", () => {
  it("costs a finite amount that is never negative, and the sum of its parts", () => {
    fc.assert(
      fc.property(price, tokens, (entry, counts) => {
        const cost = new Pricing({ acme: { m: entry } }).priceOf({
          ...counts,
          provider: "acme",
          model: "m",
        });
        const parts = Object.values(cost?.parts ?? {});
        expect(parts.every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
        const sum = parts.reduce((all, each) => all + units(each), 0);
        expect(Math.abs(sum - units(cost?.usd))).toBeLessThanOrEqual(parts.length);
      }),
      { numRuns: 300 },
    );
  });

  it("pays each token once: at one price for all, only the whole counts", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), tokens, (one, counts) => {
        const keys = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h", "reasoning"];
        const entry = Object.fromEntries([...keys, "audioInput"].map((key) => [key, one]));
        const cost = new Pricing({ acme: { m: entry } }).priceOf({
          ...counts,
          provider: "acme",
          model: "m",
        });
        expect(units(cost?.usd)).toBe((counts.inputTokens + counts.outputTokens) * one * 1e6);
      }),
    );
  });

  it("costs no less for more tokens", () => {
    fc.assert(
      fc.property(model, tokens, count, count, ([provider = "", id = ""], counts, more, out) => {
        const call: PricedCall = {
          ...counts,
          audioInputTokens: undefined,
          audioOutputTokens: undefined,
          provider,
          model: id,
        };
        const larger = {
          ...call,
          inputTokens: call.inputTokens + more,
          outputTokens: call.outputTokens + out,
        };
        expect(priceOf(larger)?.usd).toBeGreaterThanOrEqual(priceOf(call)?.usd ?? Number.NaN);
      }),
      { numRuns: 300 },
    );
  });

  it("costs as much as two that share its tokens, where no limit is between", () => {
    const small = fc.nat({ max: 10_000 });
    const half = fc
      .tuple(small, small, small, small)
      .map(([fresh, cacheReadTokens, cacheWriteTokens, outputTokens]) => ({
        inputTokens: fresh + cacheReadTokens + cacheWriteTokens,
        cacheReadTokens,
        cacheWriteTokens,
        outputTokens,
      }));
    fc.assert(
      fc.property(half, half, (a, b) => {
        const named = { provider: "anthropic", model: "claude-sonnet-4-5" };
        const both = {
          ...named,
          inputTokens: a.inputTokens + b.inputTokens,
          cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
          cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
          outputTokens: a.outputTokens + b.outputTokens,
        };
        const apart =
          units(priceOf({ ...named, ...a })?.usd) + units(priceOf({ ...named, ...b })?.usd);
        expect(units(priceOf(both)?.usd)).toBe(apart);
      }),
    );
  });

  it("never throws and is never 0 by mistake, whatever is handed in", () => {
    const anything = fc.record({
      provider: fc.oneof(fc.constant("openai"), fc.anything()),
      model: fc.oneof(fc.constant("gpt-4o"), fc.anything()),
      inputTokens: fc.oneof(count, fc.anything()),
      outputTokens: fc.oneof(count, fc.anything()),
      cacheReadTokens: fc.anything(),
      at: fc.anything(),
      tier: fc.anything(),
    });
    fc.assert(
      fc.property(anything, (call) => {
        const cost = priceOf(call as PricedCall);
        if (cost === undefined) return;
        expect(Number.isFinite(cost.usd)).toBe(true);
        expect(cost.usd > 0).toBe(Number(call.inputTokens) + Number(call.outputTokens) > 0);
      }),
      { numRuns: 500 },
    );
  });
});
