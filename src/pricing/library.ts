import { diag } from "@opentelemetry/api";
import type { calcPrice, ModelPrice, TieredPrices } from "@pydantic/genai-prices";

import { nodeModule } from "../content/node-module.ts";
import { libraryModelIds } from "./model-ids.ts";
import { decimal } from "./money.ts";
import { perRequest, type PricePart, type Rate, type Rates } from "./rates.ts";

/** The package that knows what most providers publish. */
const LIBRARY = "@pydantic/genai-prices";

/** What the package's data say, at a time, since some prices begin on a day or hold at some hours only. */
export interface PriceLibrary {
  ratesOf(provider: string, model: string, at: Date): Rates | undefined;
}

/**
 * Loads the package, once in a process (about 40 ms). Where there is no Node, or the package is left out of a bundle,
 * there are no prices but a table's.
 */
export function loadLibrary(): PriceLibrary | undefined {
  if (!isLoaded) {
    isLoaded = true;
    const calc = requireLibrary();
    library = calc && new GenaiPrices(calc);
  }
  return library;
}

// --- internal ---

let isLoaded = false;
let library: PriceLibrary | undefined;

type CalcPrice = typeof calcPrice;

interface NodeModule {
  createRequire(from: string): (name: string) => unknown;
}

/** From here, and for bundles, whose place can be anywhere, from where the process was started. */
function requireLibrary(): CalcPrice | undefined {
  const { createRequire } = (nodeModule("node:module") ?? {}) as Partial<NodeModule>;
  if (createRequire === undefined) return undefined;
  const { process } = globalThis as { process?: { cwd?: () => string } };
  let fault: unknown;
  for (const from of [() => import.meta.url, () => `${process?.cwd?.()}/`]) {
    try {
      const loaded = createRequire(from())(LIBRARY) as { calcPrice: CalcPrice };
      return loaded.calcPrice;
    } catch (reason) {
      fault = reason;
    }
  }
  diag.warn(
    `langchain-otel: ${LIBRARY} does not load, so only a price table has prices; if this is a bundle, mark the package as external`,
    fault,
  );
  return undefined;
}

/** Lookups that are remembered: 27 us each, and nearly every one is of the same few models. */
const MOST_KNOWN = 1000;

/**
 * Only asks the package which entry a model has, and calculates from that: its own sum throws when the cache is said to
 * be more than the input, or when audio was cached, and warns on the console of usage that it does not know.
 */
class GenaiPrices implements PriceLibrary {
  readonly #calcPrice: CalcPrice;
  readonly #known = new Map<string, Rates | undefined>();

  constructor(calc: CalcPrice) {
    this.#calcPrice = calc;
  }

  ratesOf(provider: string, model: string, at: Date): Rates | undefined {
    const key = `${provider}\n${model}`;
    if (this.#known.has(key)) return this.#known.get(key);
    let rates: Rates | undefined;
    for (const id of libraryModelIds(model)) {
      const entry = this.#entry(provider, id, at);
      if (entry === undefined) continue;
      rates = ratesOf(entry.model_price, provider, entry.model.id);
      // Such an entry has other prices at another time.
      if (Array.isArray(entry.model.prices)) return rates;
      break;
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, rates);
    return rates;
  }

  /**
   * The package also takes a provider that only sounds like one it knows, "my-openai-proxy" for "openai": what others
   * charge is unknown.
   */
  #entry(providerId: string, model: string, timestamp: Date): Entry | undefined {
    try {
      const entry = this.#calcPrice({}, model, { providerId, timestamp });
      return entry?.provider.id === providerId ? entry : undefined;
    } catch {
      // An entry that contradicts itself: as good as none.
      return undefined;
    }
  }
}

type Entry = NonNullable<ReturnType<CalcPrice>>;

const KEYS: Readonly<Record<string, PricePart>> = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cacheRead",
  cache_write_mtok: "cacheWrite",
  cache_write_1h_mtok: "cacheWrite1h",
  output_reasoning_mtok: "reasoning",
  input_audio_mtok: "audioInput",
  output_audio_mtok: "audioOutput",
};

/** Entries without any price stand for free models as well as for unknown prices, so they are unknown. */
function ratesOf(price: ModelPrice, provider: string, model: string): Rates | undefined {
  const rates: { [part in PricePart]?: Rate | null } = {};
  for (const [key, part] of Object.entries(KEYS)) {
    const value = price[key];
    if (value !== undefined) rates[part] = rate(value);
  }
  if (Object.keys(rates).length === 0) return undefined;
  const perThousand = price["requests_kcount"];
  if (typeof perThousand === "number") rates.request = perRequest(perThousand / 1000);
  if (rates.cacheWrite && rates.input && model.includes("claude")) {
    rates.cacheWrite1h ??= twice(rates.input);
  }
  if (provider === "openai" || provider === "azure") {
    rates.audioInput ??= null;
    rates.audioOutput ??= null;
  }
  return rates;
}

function rate(value: number | TieredPrices): Rate {
  if (typeof value === "number") return { base: decimal(value), steps: [] };
  return {
    base: decimal(value.base),
    steps: value.tiers
      .map(({ start, price }) => ({ above: start, rate: decimal(price) }))
      .sort((a, b) => a.above - b.above),
  };
}

/**
 * "1-hour cache write tokens are 2 times the base input tokens price", whoever hosts Claude; the package has it for
 * Anthropic alone. https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
function twice({ base, steps }: Rate): Rate {
  return {
    base: base * 2n,
    steps: steps.map(({ above, rate: step }) => ({ above, rate: step * 2n })),
  };
}
