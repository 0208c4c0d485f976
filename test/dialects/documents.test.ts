import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import { DIALECT_NAMES } from "../../src/dialects/dialects.ts";
import { GEN_AI } from "../../src/semconv/gen-ai.ts";
import { LLM, LLM_COUNTERS } from "../../src/semconv/llm.ts";
import { VYSTAK } from "../../src/semconv/vystak.ts";

const root = path.join(import.meta.dirname, "..", "..");

/** The names in the README's row of a dialect. */
function listed(dialect: string): string[] {
  const [, below = ""] = readFileSync(path.join(root, "README.md"), "utf8").split(
    "<!-- dialects -->",
  );
  const row = below.split("\n").find((line) => line.startsWith(`| \`${dialect}\``)) ?? "";
  const [, , adds = ""] = row.split("|");
  return [...adds.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name).toSorted();
}

it("the README lists what each dialect writes", () => {
  expect(listed("vystak")).toEqual(Object.values(VYSTAK).toSorted());
  const { unit } = LLM_COUNTERS.prompt;
  expect(listed("llm")).toEqual(
    [
      ...Object.values(LLM),
      VYSTAK.system,
      GEN_AI.requestModel,
      ...Object.values(LLM_COUNTERS).map(({ name }) => name),
      unit,
      "llm_prompt_tokens_total",
    ].toSorted(),
  );
});

it("the table of back ends says what each dialect is for", () => {
  const table = readFileSync(path.join(root, "docs", "backends.md"), "utf8");
  for (const name of DIALECT_NAMES) expect(table).toContain(`dialects: ["${name}"]`);
});
