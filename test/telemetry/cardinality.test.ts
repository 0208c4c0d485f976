import type { Attributes } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DIMENSIONS, METRIC_KEYS } from "../../src/semconv/dimensions.ts";
import { Cardinality, OVERFLOW } from "../../src/telemetry/cardinality.ts";

function bounded(caps: Partial<typeof DIMENSIONS> | Record<string, number> = {}) {
  const overflows: string[] = [];
  const cardinality = new Cardinality({ ...DIMENSIONS, ...caps }, (dimension) =>
    overflows.push(dimension),
  );
  const limited = (attributes: Attributes) => cardinality.limited(attributes);
  return { limited, overflows };
}

describe("the attributes of a metric", () => {
  it("have the first values of a dimension, and one for all others", () => {
    const { limited, overflows } = bounded({ model: 2 });
    const models = ["a", "b", "c", "a", "d", "b"];
    expect(models.map((model) => limited({ "gen_ai.request.model": model }))).toEqual(
      ["a", "b", OVERFLOW, "a", OVERFLOW, "b"].map((model) => ({ "gen_ai.request.model": model })),
    );
    expect(overflows).toEqual(["model", "model"]);
  });

  it("share a dimension's values", () => {
    const { limited } = bounded({ model: 1 });
    expect(limited({ "gen_ai.request.model": "a", "gen_ai.response.model": "b" })).toEqual({
      "gen_ai.request.model": "a",
      "gen_ai.response.model": OVERFLOW,
    });
  });

  it("have no value of more than 128 characters, and none with a key in it", () => {
    const { limited } = bounded();
    const key = ["sk", "proj", "A1b2C3d4E5f6G7h8I9j0K1l2"].join("-");
    expect(limited({ "gen_ai.agent.name": "x".repeat(500) })).toEqual({
      "gen_ai.agent.name": "x".repeat(128),
    });
    expect(JSON.stringify(limited({ "gen_ai.tool.name": `tool ${key}` }))).not.toContain(key);
  });

  it("have no other value than their own, where those are few", () => {
    const { limited } = bounded();
    expect(limited({ status: "ok", direction: "sideways" })).toEqual({
      status: "ok",
      direction: "_OTHER",
    });
  });

  it("never have what there is no end of", () => {
    const { limited } = bounded();
    const ids = [
      "langchain.run.id",
      "gen_ai.conversation.id",
      "session.id",
      "user.id",
      "gen_ai.response.id",
      "gen_ai.tool.call.id",
      "mcp.session.id",
      "mcp.resource.uri",
      "jsonrpc.request.id",
      "trace_id",
    ];
    expect(ids.filter((id) => Object.hasOwn(METRIC_KEYS, id))).toEqual([]);
    expect(limited(Object.fromEntries(ids.map((id) => [id, "1"])))).toEqual({});
  });

  it("have as many values as the cap allows, whatever comes", () => {
    const keys = Object.entries(METRIC_KEYS).filter(
      ([, rule]) => typeof rule === "string" && rule !== "few",
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(fc.constantFrom(...keys.map(([key]) => key)), fc.string())),
        (cap, records) => {
          const caps = Object.fromEntries(Object.keys(DIMENSIONS).map((name) => [name, cap]));
          const { limited } = bounded(caps);
          const seen = new Map<unknown, Set<unknown>>();
          for (const [key, value] of records) {
            const rule = METRIC_KEYS[key];
            const values = seen.get(rule) ?? new Set();
            seen.set(rule, values.add(limited({ [key]: value })[key]));
          }
          for (const values of seen.values()) expect(values.size).toBeLessThanOrEqual(cap + 1);
        },
      ),
    );
  });
});
