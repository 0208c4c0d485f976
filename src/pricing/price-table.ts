import { shown } from "../bad-option.ts";

/**
 * Prices of your own, by provider and model, in USD per million tokens:
 *
 * ```json
 * { "openai": { "gpt-4o": { "input": 2.5, "cacheRead": 1.25, "output": 10 } },
 *   "ollama": { "*": { "input": 0, "output": 0 } } }
 * ```
 *
 * A provider may be named as OpenTelemetry (`aws.bedrock`), LangChain (`amazon_bedrock`) or people (`bedrock`) name it.
 * A model is found by its exact id first, then without what only says when and where it runs: `claude-sonnet-4-5` also
 * prices `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. `"*"` is every other model of the provider.
 */
export type PriceTable = Readonly<Record<string, Readonly<Record<string, ModelPrice>>>>;

/** What has to be paid for a model's tokens, in USD per million. A price that is absent is that of what it is part of. */
export interface TokenPrices {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  /** Input that was found in the provider's cache. @default input */
  readonly cacheRead?: number | undefined;
  /** Input that was written to the cache, for five minutes where the provider has several times. @default input */
  readonly cacheWrite?: number | undefined;
  /** Input that was written to the cache for an hour. @default cacheWrite */
  readonly cacheWrite1h?: number | undefined;
  /** Output that the model thought and did not say. @default output */
  readonly reasoning?: number | undefined;
  /** @default input */
  readonly audioInput?: number | undefined;
  /** @default output */
  readonly audioOutput?: number | undefined;
}

/** One model's entry. One with `multipliers` alone leaves the prices to whoever is asked next. */
export interface ModelPrice extends TokenPrices {
  /** USD for the call itself, whatever its tokens. */
  readonly request?: number | undefined;
  /** Other prices for all tokens of a call, when its input tokens are more than `above`; absent ones stay as they are. */
  readonly tiers?: readonly PriceTier[] | undefined;
  /** Factors by the provider's word for a tier of service: `{ batch: 0.5, flex: 0.5, priority: 2 }`. */
  readonly multipliers?: Readonly<Record<string, number>> | undefined;
}

export interface PriceTier extends TokenPrices {
  readonly above: number;
}

/** The fields that are USD per million tokens. */
export const MODEL_RATES: readonly (keyof TokenPrices)[] = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "reasoning",
  "audioInput",
  "audioOutput",
];

/**
 * Whether a value, such as the content of a file, is a price table.
 * @throws TypeError that says where it is not
 */
export function checkPriceTable(
  value: unknown,
  table = "the price table",
): asserts value is PriceTable {
  if (!isObject(value)) throw wrong(table, "an object { provider: { model: prices } }", value);
  for (const [provider, models] of Object.entries(value)) {
    const named = `\`${provider}\` of ${table}`;
    if (!isObject(models)) throw wrong(named, "an object { model: prices }", models);
    for (const [model, price] of Object.entries(models)) {
      checkPrice(price, `\`${provider}\` \`${model}\` of ${table}`);
    }
  }
}

// --- internal ---

const FIELDS: readonly string[] = [...MODEL_RATES, "request", "tiers", "multipliers"];
const TIER_FIELDS: readonly string[] = ["above", ...MODEL_RATES];

/** A million dollars for a million tokens; what is above it is a mistake of units, and too long for exact sums. */
const HIGHEST = 1_000_000;

function checkPrice(price: unknown, where: string): void {
  if (!isObject(price)) throw wrong(where, "an object of prices, such as { input, output }", price);
  checkFields(price, FIELDS, where);
  const { tiers, multipliers } = price;
  if (tiers !== undefined) {
    if (!Array.isArray(tiers)) throw wrong(`\`tiers\` in ${where}`, "a list", tiers);
    for (const tier of tiers) checkTier(tier, price, `\`tiers\` in ${where}`);
  }
  if (multipliers !== undefined) {
    const name = `\`multipliers\` in ${where}`;
    if (!isObject(multipliers)) throw wrong(name, "an object of factors by tier", multipliers);
    for (const [tier, factor] of Object.entries(multipliers)) {
      if (!isAmount(factor)) throw wrong(`\`${tier}\` of ${name}`, "a factor of 0 or more", factor);
    }
  }
}

/** A price that holds above some number of tokens only would leave open what holds below. */
function checkTier(tier: unknown, price: Fields, where: string): void {
  if (!isObject(tier)) throw wrong(where, "objects of prices with `above`", tier);
  checkFields(tier, TIER_FIELDS, where);
  if (!Number.isSafeInteger(tier["above"]) || Number(tier["above"]) < 0) {
    throw wrong(`\`above\` of ${where}`, "a number of input tokens", tier["above"]);
  }
  for (const field of Object.keys(tier)) {
    if (field !== "above" && price[field] === undefined) {
      throw new TypeError(`Expected \`${field}\` of ${where} to have a price outside of them too`);
    }
  }
}

function checkFields(price: Fields, fields: readonly string[], where: string): void {
  for (const [field, value] of Object.entries(price)) {
    if (!fields.includes(field)) {
      throw new TypeError(
        `There is no \`${field}\` for ${where}. The fields are ${fields.join(", ")}`,
      );
    }
    if (["above", "tiers", "multipliers"].includes(field) || value === undefined) continue;
    const unit = field === "request" ? "USD per request" : "USD per million tokens";
    if (!isAmount(value)) {
      throw wrong(`\`${field}\` for ${where}`, `${unit}, from 0 to ${HIGHEST}`, value);
    }
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= HIGHEST;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(what: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected ${what} to be ${expected}, got ${shown(got)}`);
}
