import { type Environment } from "./price-file.ts";
import { type Cost, type PricedCall, Pricing } from "./pricing.ts";

/**
 * What a call costs, in USD, by the file that `LANGCHAIN_OTEL_PRICES` names (read at the first call) and else by what the providers publish.
 *
 * ```ts
 * priceOf({ provider: "anthropic", model: "claude-sonnet-4-5", inputTokens: 2540, outputTokens: 60,
 *           cacheReadTokens: 2000, cacheWriteTokens: 500, cacheWrite1hTokens: 200 });
 * // { usd: 0.003945, parts: { input: 0.00012, cacheRead: 0.0006, … }, source: "genai-prices" }
 * ```
 *
 * Not included: what providers charge beside tokens, such as web searches, and taxes and discounts of a contract.
 * Estimates of tokens have to be rounded to whole ones.
 *
 * @returns nothing where no price is known for the model, its tier of service or a part of its tokens, or where a count
 * is no whole number of 0 or more; it never throws
 */
export function priceOf(call: PricedCall): Cost | undefined {
  pricing ??= new Pricing(undefined, environment());
  return pricing.priceOf(call);
}

// --- internal ---

/** Made at the first call, not on import: most who import this never ask. */
let pricing: Pricing | undefined;

function environment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env ?? {};
}
