import { amount, decimal, type Money, ONE, usd } from "./money.ts";
import { type PricePart, rateAt, type Rates } from "./rates.ts";

/** A call's tokens, counted as in `Usage`: the whole input and output, and what of them is something special. */
export interface PricedTokens {
  /** All input, what was read from and written to the cache included. */
  readonly inputTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  readonly cacheReadTokens?: number | undefined;
  /** All that was written to the cache. */
  readonly cacheWriteTokens?: number | undefined;
  /** The part of `cacheWriteTokens` that is kept for an hour. */
  readonly cacheWrite1hTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly audioInputTokens?: number | undefined;
  readonly audioOutputTokens?: number | undefined;
}

/** USD in total and by part; parts without tokens are absent. */
export interface PricedParts {
  readonly usd: number;
  readonly parts: CostParts;
}

export type CostParts = { readonly [part in PricePart]?: number };

/**
 * What tokens cost at these rates.
 * @param factor of the tier of service, for all but the fee per request
 * @returns nothing where a count is none, or a part that has tokens has no rate
 */
export function priceTokens(
  tokens: PricedTokens,
  rates: Rates,
  factor: number,
): PricedParts | undefined {
  const counts = divide(tokens);
  if (counts === undefined) return undefined;
  const tokenFactor = decimal(factor);
  const parts: { [part in PricePart]?: number } = {};
  let total: Money = 0n;
  for (const [part, count] of counts) {
    if (count === 0 || (part === "request" && rates.request === undefined)) continue;
    const rate = FALLBACKS[part].map((each) => rates[each]).find((each) => each !== undefined);
    if (rate === undefined || rate === null) return undefined;
    const perMillion = rateAt(rate, tokens.inputTokens);
    const cost = amount(count, perMillion, part === "request" ? ONE : tokenFactor);
    parts[part] = usd(cost);
    total += cost;
  }
  return { usd: usd(total), parts };
}

// --- internal ---

/** Where a part's rate stands: its own, else that of what it is a part of. */
const FALLBACKS: { readonly [part in PricePart]: readonly PricePart[] } = {
  input: ["input"],
  cacheRead: ["cacheRead", "input"],
  cacheWrite: ["cacheWrite", "input"],
  cacheWrite1h: ["cacheWrite1h", "cacheWrite", "input"],
  audioInput: ["audioInput", "input"],
  output: ["output"],
  reasoning: ["reasoning", "output"],
  audioOutput: ["audioOutput", "output"],
  request: ["request"],
};

/**
 * Puts each token into one part, so that none is paid twice. Where the parts are said to be more than the whole, the
 * whole is right and the parts are cut, the cache's last. Providers do not say how much of the audio was cached; it is
 * taken to be what was not, as far as there is room.
 */
function divide(tokens: PricedTokens): readonly (readonly [PricePart, number])[] | undefined {
  const { inputTokens, outputTokens } = tokens;
  const { cacheReadTokens = 0, cacheWrite1hTokens = 0, reasoningTokens = 0 } = tokens;
  const { cacheWriteTokens = cacheWrite1hTokens } = tokens;
  const { audioInputTokens = 0, audioOutputTokens = 0 } = tokens;
  const given = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens];
  given.push(reasoningTokens, audioInputTokens, audioOutputTokens);
  if (!given.every((count) => Number.isSafeInteger(count) && count >= 0)) return undefined;

  const cacheRead = Math.min(cacheReadTokens, inputTokens);
  const cacheWrites = Math.min(cacheWriteTokens, inputTokens - cacheRead);
  const cacheWrite1h = Math.min(cacheWrite1hTokens, cacheWrites);
  const audioInput = Math.min(audioInputTokens, inputTokens - cacheRead - cacheWrites);
  const reasoning = Math.min(reasoningTokens, outputTokens);
  const audioOutput = Math.min(audioOutputTokens, outputTokens - reasoning);
  return [
    ["input", inputTokens - cacheRead - cacheWrites - audioInput],
    ["cacheRead", cacheRead],
    ["cacheWrite", cacheWrites - cacheWrite1h],
    ["cacheWrite1h", cacheWrite1h],
    ["audioInput", audioInput],
    ["output", outputTokens - reasoning - audioOutput],
    ["reasoning", reasoning],
    ["audioOutput", audioOutput],
    ["request", 1],
  ];
}
