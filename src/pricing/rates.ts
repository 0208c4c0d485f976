import { decimal } from "./money.ts";
import { MODEL_RATES, type ModelPrice } from "./price-table.ts";

/** What a call's tokens are divided into: each token is in one part. `request` is a fee for the call itself. */
export type PricePart =
  | "input"
  | "cacheRead"
  | "cacheWrite"
  | "cacheWrite1h"
  | "audioInput"
  | "output"
  | "reasoning"
  | "audioOutput"
  | "request";

/** A price per million tokens, as `decimal` has it; above some numbers of input tokens another. */
export interface Rate {
  readonly base: bigint;
  /** Ascending; the last that the call is above holds for all its tokens. */
  readonly steps: readonly { readonly above: number; readonly rate: bigint }[];
}

/**
 * A model's rates. A part without one has that of the more general part; `null` is a part that has a rate of its own
 * which nobody told.
 */
export type Rates = { readonly [part in PricePart]?: Rate | null };

/** @returns nothing for an entry that has factors only */
export function ratesOf(price: ModelPrice): Rates | undefined {
  const rates: { [part in PricePart]?: Rate } = {};
  for (const part of MODEL_RATES) {
    const base = price[part];
    if (base !== undefined) rates[part] = { base: decimal(base), steps: steps(price, part) };
  }
  if (price.request !== undefined) rates.request = perRequest(price.request);
  return Object.keys(rates).length === 0 ? undefined : rates;
}

/** A fee per call, as what a million calls cost. */
export function perRequest(usd: number): Rate {
  return { base: decimal(usd) * 1_000_000n, steps: [] };
}

export function rateAt(rate: Rate, inputTokens: number): bigint {
  return rate.steps.findLast(({ above }) => inputTokens > above)?.rate ?? rate.base;
}

// --- internal ---

function steps(price: ModelPrice, part: (typeof MODEL_RATES)[number]): Rate["steps"] {
  return [...(price.tiers ?? [])]
    .sort((a, b) => a.above - b.above)
    .flatMap((tier) => {
      const rate = tier[part];
      return rate === undefined ? [] : [{ above: tier.above, rate: decimal(rate) }];
    });
}
