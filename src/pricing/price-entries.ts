import { modelIds } from "./model-ids.ts";
import type { ModelPrice, PriceTable } from "./price-table.ts";
import { providerId } from "./provider-id.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { serviceTier } from "./service-tier.ts";

/** What a table says of a model. */
export interface PriceEntry {
  /** Absent where it only says factors. */
  readonly rates: Rates | undefined;
  /** By tier of service. */
  readonly factors: ReadonlyMap<string, number>;
}

/** A checked table, as it is searched: by provider, then by model. */
export type PriceEntries = ReadonlyMap<string, ReadonlyMap<string, PriceEntry>>;

export function priceEntries(table: PriceTable): PriceEntries {
  const entries = new Map<string, Map<string, PriceEntry>>();
  for (const [provider, models] of Object.entries(table)) {
    const id = providerId(provider);
    const known = entries.get(id) ?? new Map<string, PriceEntry>();
    entries.set(id, known);
    for (const [model, price] of Object.entries(models)) {
      known.set(model.trim().toLowerCase(), entry(price));
    }
  }
  return entries;
}

/**
 * The entries that hold for a call, the most particular first.
 * @param provider as `providerId` gives it
 * @param models names of the same model, the surest first
 */
export function entriesFor(
  entries: PriceEntries,
  provider: string,
  models: readonly string[],
): readonly PriceEntry[] {
  const known = entries.get(provider);
  if (known === undefined) return [];
  const ids = models.flatMap((model) => modelIds(provider, model));
  return [...ids, ANY].map((id) => known.get(id)).filter((each) => each !== undefined);
}

// --- internal ---

/** Every other model of a provider. */
const ANY = "*";

function entry(price: ModelPrice): PriceEntry {
  const factors = Object.entries(price.multipliers ?? {});
  return {
    rates: ratesOf(price),
    factors: new Map(factors.map(([tier, factor]) => [serviceTier(tier) ?? "", factor])),
  };
}
