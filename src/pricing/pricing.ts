import type { EmbeddingsRequest, ModelRequest, ModelResponse, Usage } from "../operation.ts";
import { loadLibrary, type PriceLibrary } from "./library.ts";
import { entriesFor, type PriceEntries, priceEntries } from "./price-entries.ts";
import { type Environment, pricesFrom, readPriceFile } from "./price-file.ts";
import { checkPriceTable, type PriceTable } from "./price-table.ts";
import { type CostParts, type PricedTokens, priceTokens } from "./price-tokens.ts";
import { providerId } from "./provider-id.ts";
import type { Rates } from "./rates.ts";
import { publishedFactor, serviceTier } from "./service-tier.ts";

/** A call that has a price. */
export interface PricedCall extends PricedTokens {
  /** `openai`, `anthropic`, `bedrock`, …: as OpenTelemetry, LangChain or people name it. */
  readonly provider: string;
  /** As the provider names it: dated, regional and ARNs too. */
  readonly model: string;
  /** When it was made, since prices change and some differ by the hour. @default now */
  readonly at?: Date | number | undefined;
  /** The tier of service: `batch`, `flex`, `priority`, or a provider's other word. @default the standard one */
  readonly tier?: string | undefined;
}

export interface Cost {
  /** In total. */
  readonly usd: number;
  /** By what was paid for; they add up to `usd`. */
  readonly parts: CostParts;
  /** Who has the price: your table, the file that the environment names, or what the providers publish. */
  readonly source: PriceSource;
}

export type PriceSource = "option" | "environment" | "genai-prices";

/** What is asked of a request to say its cost. */
export type CostedRequest = Pick<ModelRequest | EmbeddingsRequest, "kind" | "provider" | "model"> &
  Pick<ModelRequest, "serviceTier">;

/** What is asked of an answer. */
export type CostedResponse = Pick<ModelResponse, "model" | "serviceTier" | "cached">;

/**
 * What calls cost: by a table of one's own first, then by the file that `LANGCHAIN_OTEL_PRICES` names, then by what the
 * providers publish. A model that none of them has is unknown, which is not 0.
 */
export class Pricing {
  readonly #tables: readonly Table[];
  readonly #library: PriceLibrary | undefined;

  /**
   * Reads the files and loads the published prices, so that no call waits for it.
   * @param prices a table, or the JSON file that has it
   * @param env where the variable is looked for
   * @throws TypeError for a table that is none, never for the environment's
   */
  constructor(prices?: PriceTable | string | URL, env: Environment = {}) {
    const given = isFile(prices) ? readPriceFile(prices) : prices;
    if (given !== undefined) checkPriceTable(given);
    const fromEnvironment = pricesFrom(env);
    this.#tables = [
      ...(given ? [{ source: "option" as const, entries: priceEntries(given) }] : []),
      ...(fromEnvironment
        ? [{ source: "environment" as const, entries: priceEntries(fromEnvironment) }]
        : []),
    ];
    this.#library = loadLibrary();
  }

  /** @returns nothing where no price is known for the model, its tier of service or a part of its tokens */
  priceOf(call: PricedCall): Cost | undefined {
    return isCall(call) ? this.#price(call, [call.model], [call.model]) : undefined;
  }

  /**
   * The cost of a call that a run has made. The model is the one that answered, where that is known: a deployment of
   * Azure's has any name its owner likes, and an alias (`gpt-4o`) is another model tomorrow.
   *
   * @param at when the call started
   * @returns `"missing"` where tokens are known and no price is; nothing where there is nothing to price: no tokens were
   * reported, or LangChain's own cache has answered
   */
  costOf(
    request: CostedRequest,
    response: CostedResponse | undefined,
    usage: Usage | undefined,
    at?: Date | number,
  ): Cost | "missing" | undefined {
    const { provider } = request;
    const inputTokens = usage?.inputTokens;
    const outputTokens = usage?.outputTokens ?? (request.kind === "embeddings" ? 0 : undefined);
    if (response?.cached === true || inputTokens === undefined || outputTokens === undefined) {
      return undefined;
    }
    const names = [response?.model, request.model].filter((name) => isName(name));
    const isDeployment = providerId(provider) === "azure";
    const published = names.filter((name) => !isDeployment || name === response?.model);
    const tier = response?.serviceTier ?? request.serviceTier;
    const call = { ...usage, inputTokens, outputTokens, provider, model: names[0] ?? "", tier, at };
    return (isCall(call) ? this.#price(call, names, published) : undefined) ?? "missing";
  }

  #price(
    call: PricedCall,
    names: readonly string[],
    published: readonly string[],
  ): Cost | undefined {
    const provider = providerId(call.provider);
    const factor = this.#factor(provider, names, serviceTier(call.tier));
    if (factor === undefined) return undefined;
    const at = new Date(call.at ?? Date.now());
    const found = this.#ownRates(provider, names) ?? this.#publishedRates(provider, published, at);
    const priced = found && priceTokens(call, found.rates, factor);
    return priced && { ...priced, source: found.source };
  }

  #ownRates(provider: string, names: readonly string[]): FoundRates | undefined {
    for (const { source, entries } of this.#tables) {
      for (const { rates } of entriesFor(entries, provider, names)) {
        if (rates !== undefined) return { rates, source };
      }
    }
    return undefined;
  }

  #publishedRates(provider: string, names: readonly string[], at: Date): FoundRates | undefined {
    for (const name of names) {
      const rates = this.#library?.ratesOf(provider, name, at);
      if (rates !== undefined) return { rates, source: "genai-prices" };
    }
    return undefined;
  }

  #factor(
    provider: string,
    names: readonly string[],
    tier: string | undefined,
  ): number | undefined {
    if (tier === undefined) return 1;
    return (
      this.#tables
        .flatMap(({ entries }) => entriesFor(entries, provider, names))
        .find(({ factors }) => factors.has(tier))
        ?.factors.get(tier) ?? publishedFactor(provider, tier)
    );
  }
}

// --- internal ---

interface Table {
  readonly source: PriceSource;
  readonly entries: PriceEntries;
}

interface FoundRates {
  readonly rates: Rates;
  readonly source: PriceSource;
}

function isFile(prices: PriceTable | string | URL | undefined): prices is string | URL {
  return typeof prices === "string" || prices instanceof URL;
}

/** JavaScript may hand in anything, and a provider may answer anything: a price is no reason to fail. */
function isCall(call: unknown): call is PricedCall {
  if (typeof call !== "object" || call === null) return false;
  const { provider, model, tier, at } = call as Readonly<Record<keyof PricedCall, unknown>>;
  const isTier = tier === undefined || typeof tier === "string";
  return isName(provider) && isName(model) && isTier && (at === undefined || isMoment(at));
}

function isMoment(at: unknown): at is Date | number {
  const isDate = typeof (at as Partial<Date> | null)?.getTime === "function";
  return (
    (isDate || typeof at === "number") && !Number.isNaN(new Date(at as Date | number).getTime())
  );
}

/** As long as an ARN may be: what is longer is no name. */
function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "" && name.length <= 2048;
}
