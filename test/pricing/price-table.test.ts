import { describe, expect, it } from "vitest";

import { checkPriceTable } from "../../src/pricing/price-table.ts";
import { Pricing } from "../../src/pricing/pricing.ts";

const wrong = (table: unknown): string => {
  try {
    checkPriceTable(table);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};
const price = (entry: unknown): string => wrong({ openai: { "gpt-4o": entry } });

describe("a price table", () => {
  it("is accepted with every field", () => {
    const rates = { input: 1, output: 2, cacheRead: 0, cacheWrite: 1.25, cacheWrite1h: 2 };
    const more = { reasoning: 3, audioInput: undefined, audioOutput: 5, request: 0.01 };
    const tiers = [{ above: 200_000, input: 2, output: 4 }];
    const multipliers = { batch: 0.5, flex: 0.5, priority: 2 };
    expect(price({ ...rates, ...more, tiers, multipliers })).toBe("accepted");
    expect(wrong({})).toBe("accepted");
  });

  it.each([
    [
      wrong(5),
      "Expected the price table to be an object { provider: { model: prices } }, got 5 (number)",
    ],
    [
      wrong([]),
      "Expected the price table to be an object { provider: { model: prices } }, got an array",
    ],
    [
      wrong({ openai: 3 }),
      "Expected `openai` of the price table to be an object { model: prices }, got 3 (number)",
    ],
    [
      price(2.5),
      "Expected `openai` `gpt-4o` of the price table to be an object of prices, such as { input, output }, got 2.5 (number)",
    ],
    [
      price({ input: "2.5" }),
      'Expected `input` for `openai` `gpt-4o` of the price table to be USD per million tokens, from 0 to 1000000, got "2.5" (string)',
    ],
    [
      price({ input: -1 }),
      "Expected `input` for `openai` `gpt-4o` of the price table to be USD per million tokens, from 0 to 1000000, got -1 (number)",
    ],
    [
      price({ input: Number.NaN }),
      "Expected `input` for `openai` `gpt-4o` of the price table to be USD per million tokens, from 0 to 1000000, got NaN (number)",
    ],
    [
      price({ input: 1e300 }),
      "Expected `input` for `openai` `gpt-4o` of the price table to be USD per million tokens, from 0 to 1000000, got 1e+300 (number)",
    ],
    [
      price({ request: null }),
      "Expected `request` for `openai` `gpt-4o` of the price table to be USD per request, from 0 to 1000000, got null",
    ],
    [
      price({ cache_read: 1 }),
      "There is no `cache_read` for `openai` `gpt-4o` of the price table. The fields are input, output, cacheRead, cacheWrite, cacheWrite1h, reasoning, audioInput, audioOutput, request, tiers, multipliers",
    ],
    [
      price({ input: 1, tiers: {} }),
      "Expected `tiers` in `openai` `gpt-4o` of the price table to be a list, got an object",
    ],
    [
      price({ input: 1, tiers: [{ input: 2 }] }),
      "Expected `above` of `tiers` in `openai` `gpt-4o` of the price table to be a number of input tokens, got undefined",
    ],
    [
      price({ input: 1, tiers: [{ above: 5, output: 2 }] }),
      "Expected `output` of `tiers` in `openai` `gpt-4o` of the price table to have a price outside of them too",
    ],
    [
      price({ input: 1, tiers: [{ above: 5, input: -2 }] }),
      "Expected `input` for `tiers` in `openai` `gpt-4o` of the price table to be USD per million tokens, from 0 to 1000000, got -2 (number)",
    ],
    [
      price({ multipliers: 2 }),
      "Expected `multipliers` in `openai` `gpt-4o` of the price table to be an object of factors by tier, got 2 (number)",
    ],
    [
      price({ multipliers: { batch: "half" } }),
      'Expected `batch` of `multipliers` in `openai` `gpt-4o` of the price table to be a factor of 0 or more, got "half" (string)',
    ],
  ])("says what is wrong (%#)", (message, expected) => {
    expect(message).toBe(expected);
  });

  it("is checked when it is given", () => {
    expect(() => new Pricing({ openai: { "gpt-4o": { input: -1 } } })).toThrow(TypeError);
  });
});
