import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { graphBench } from "../../support/graph-bench.ts";

const bench = graphBench();

const refuse = (): never => {
  throw new Error("you shall not look");
};
const cyclic = new Error("round and round");
cyclic.cause = new Error("and round", { cause: cyclic });

/** Whatever can be thrown. LangChain itself looks at an error's fields, so a Proxy that refuses all is not among these. */
const thrown: readonly (readonly [what: string, error: unknown])[] = [
  ["a string", "no"],
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a function", () => "source"],
  ["an object without a prototype", Object.create(null)],
  ["an error in a circle", cyclic],
  ["a long error", new Error("long ".repeat(2_000_000))],
  ["half a surrogate pair", new Error("half \uD83D of it")],
  [
    "an error that refuses",
    Object.defineProperties(new Error("no"), {
      stack: { get: refuse },
      cause: { get: refuse },
      status: { get: refuse },
      is_bubble_up: { get: refuse },
      interrupts: { get: refuse },
    }),
  ],
];

describe.each(["handler", "instrumentation"] as const)("with the %s", (by) => {
  it.each(thrown)("%s is thrown on as it is, and its run is an error", async (_, error) => {
    const work = (): never => {
      throw error;
    };
    const programs = [
      (config: object) => RunnableLambda.from(work).invoke("q", config),
      (config: object) => tool(work, { name: "t", schema: z.string() }).invoke("q", config),
    ];
    for (const program of programs) {
      let caught: unknown;
      const trees = await bench.tree(
        (config) => program(config).catch((each: unknown) => (caught = each)),
        by,
      );
      expect(Object.is(caught, error)).toBe(true);
      const [root] = trees;
      expect([trees.length, root?.status, root?.attributes["langchain.run.outcome"]]).toEqual([
        1,
        "ERROR",
        "error",
      ]);
      expect(root?.attributes["error.type"]).toMatch(/^\w{5,9}$/);
      expect(root?.attributes["langchain.error.category"]).toMatch(/^(?:internal_error|unknown)$/);
      const [exception] = root?.events ?? [];
      for (const value of Object.values(exception?.attributes ?? {})) {
        expect(String(value).length).toBeLessThanOrEqual(8000);
        expect(() => encodeURIComponent(String(value))).not.toThrow();
      }
    }
  });
});
