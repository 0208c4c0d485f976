import type { Dialect } from "./dialect.ts";
import { llm } from "./llm.ts";
import { openinference } from "./openinference.ts";
import { vystak } from "./vystak.ts";

/** What the `dialects` option calls the vocabularies that can be had beside the conventions' own. */
export type DialectName = "vystak" | "llm" | "openinference";

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { vystak, llm, openinference };

export const DIALECT_NAMES: readonly string[] = Object.keys(DIALECTS);

/** Those that are meant, each once: a name and its object are the same. */
export function dialectsOf(meant: readonly (DialectName | Dialect)[]): readonly Dialect[] {
  return [...new Set(meant.map((each) => (typeof each === "string" ? DIALECTS[each] : each)))];
}
