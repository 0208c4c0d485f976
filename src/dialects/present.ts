import type { Attributes } from "@opentelemetry/api";

/** Attributes, some of which may turn out to have no value. */
export type Candidates = Record<string, string | number | boolean | string[] | undefined>;

/** Those that have one. */
export function present(candidates: Candidates): Attributes {
  const attributes: Attributes = {};
  for (const key in candidates) {
    const value = candidates[key];
    if (value !== undefined) attributes[key] = value;
  }
  return attributes;
}
