import type { PricedTokens } from "../pricing/price-tokens.ts";
import type { Pricing } from "../pricing/pricing.ts";
import type { AskedModel } from "./asked-model.ts";

/** What a call may cost. */
export interface CallEstimate {
  /** USD; absent where the model has no known price. */
  readonly estimate: number | undefined;
  /** It cannot cost more: the request says how much the model may write. */
  readonly isBound: boolean;
}

/** What is taken for the output of a call that nothing limits. */
const OUTPUT_TOKENS = 4096;

/**
 * The most that a call can cost: the input at its dearest, as if all of it went into the cache, and all of the output
 * that the request allows.
 * @param maxOutputTokens where the request itself does not say
 */
export function callEstimate(
  pricing: Pricing,
  asked: AskedModel,
  inputTokens: number,
  maxOutputTokens?: number,
): CallEstimate {
  const most = asked.maxTokens ?? maxOutputTokens;
  const outputTokens = (most ?? OUTPUT_TOKENS) * (asked.choiceCount ?? 1);
  const costs = KINDS.map((kind) => {
    const call = { provider: asked.provider, model: asked.model ?? "", tier: asked.serviceTier };
    return pricing.priceOf({ ...call, ...kind(inputTokens, outputTokens) })?.usd;
  }).filter((usd) => usd !== undefined);
  return {
    estimate: costs.length === 0 ? undefined : Math.max(...costs),
    isBound: most !== undefined,
  };
}

// --- internal ---

/** What the same tokens can be charged as. */
const KINDS: readonly ((inputTokens: number, outputTokens: number) => PricedTokens)[] = [
  (inputTokens, outputTokens) => ({ inputTokens, outputTokens }),
  (inputTokens, outputTokens) => ({ inputTokens, outputTokens, reasoningTokens: outputTokens }),
  (inputTokens, outputTokens) => ({ inputTokens, outputTokens, cacheWriteTokens: inputTokens }),
  (inputTokens, outputTokens) => ({ inputTokens, outputTokens, cacheWrite1hTokens: inputTokens }),
  (inputTokens, outputTokens) => ({
    inputTokens,
    outputTokens,
    cacheWrite1hTokens: inputTokens,
    reasoningTokens: outputTokens,
  }),
];
