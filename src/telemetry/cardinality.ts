import type { Attributes } from "@opentelemetry/api";

import { beginningWithoutSecrets } from "../content/secrets.ts";
import { type CardinalityCaps, type Dimension, METRIC_KEYS } from "../semconv/dimensions.ts";

/** Stands for all values beyond a dimension's cap. */
export const OVERFLOW = "__cardinality_overflow__";
/** Stands for a value that is none of an attribute's own. */
const OTHER = "_OTHER";

/**
 * Bounds what metrics are counted by: a back end keeps a series for each combination of values, for ever. The first
 * values of a dimension are kept, each at most 128 characters and without what looks like a credential.
 */
export class Cardinality {
  readonly #caps: CardinalityCaps;
  readonly #overflowed: (dimension: Dimension) => void;
  readonly #values = new Map<Dimension, Map<string, string>>();
  /** A stream records at every chunk with the same attributes. Only the last: a map of them all would grow. */
  #last: { readonly of: Attributes; readonly limited: Attributes } | undefined;

  /** @param overflowed told of each value that came too late, once a record */
  constructor(caps: CardinalityCaps, overflowed: (dimension: Dimension) => void) {
    this.#caps = caps;
    this.#overflowed = overflowed;
  }

  /** The attributes that a metric may have. */
  limited(attributes: Attributes): Attributes {
    if (this.#last?.of === attributes) return this.#last.limited;
    const limited: Attributes = {};
    for (const key in attributes) {
      const rule = METRIC_KEYS[key];
      const value = attributes[key];
      if (rule === undefined || value === undefined) continue;
      if (rule === "few") limited[key] = value;
      else if (typeof rule !== "string")
        limited[key] = rule.includes(String(value)) ? value : OTHER;
      else limited[key] = this.#value(rule, String(value));
    }
    this.#last = { of: attributes, limited };
    return limited;
  }

  #value(dimension: Dimension, value: string): string {
    const values = this.#values.get(dimension) ?? new Map<string, string>();
    if (values.size === 0) this.#values.set(dimension, values);
    // Enough of it to see a secret whole that stands across the end.
    const read = value.slice(0, LONGEST_READ);
    const known = values.get(read);
    if (known !== undefined) return known;
    if (values.size >= this.#caps[dimension]) {
      this.#overflowed(dimension);
      return OVERFLOW;
    }
    const clean = beginningWithoutSecrets(read, LONGEST);
    values.set(read, clean);
    return clean;
  }
}

// --- internal ---

const LONGEST = 128;
const LONGEST_READ = 4096;
