import { badOption, shown } from "../bad-option.ts";
import type { PriceTable } from "../pricing/price-table.ts";
import type { CostStore } from "./store/cost-store.ts";

export interface CostTrackerOptions {
  /**
   * Prices of your own, in USD per million tokens, or the JSON file that has them; models that are not in it are priced
   * by `LANGCHAIN_OTEL_PRICES` and by what the providers publish.
   */
  readonly prices?: PriceTable | string | URL | undefined;
  /** Where it is kept what was spent: `sqliteStore(file)`, or a store of your own. @default in memory */
  readonly store?: CostStore | undefined;
  /**
   * How many calls the memory keeps one by one, and how many sessions; older ones are summed up. A store that is given
   * has a bound of its own. @default 10_000
   */
  readonly maxRecords?: number | undefined;
}

/** @throws TypeError for an option that does not exist or has a wrong value */
export function checkTrackerOptions(options: CostTrackerOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Expected the options to be an object, got ${shown(options)}`);
  }
  const known = ["prices", "store", "maxRecords"];
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(`There is no option \`${key}\`. The options are ${known.join(", ")}`);
    }
  }
  const { store, maxRecords } = options;
  if (store !== undefined && typeof (store as Partial<CostStore> | null)?.add !== "function") {
    throw badOption("store", "a store, such as sqliteStore(file)", store);
  }
  const isCount = Number.isSafeInteger(maxRecords) && Number(maxRecords) > 0;
  if (maxRecords !== undefined && !(isCount && maxRecords <= 10_000_000)) {
    throw badOption("maxRecords", "a whole number from 1 to 10,000,000", maxRecords);
  }
}
