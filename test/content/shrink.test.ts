import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cut, shrink } from "../../src/content/shrink.ts";

/** Half a character. */
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

describe("a cut text", () => {
  it("says how long it was", () => {
    expect(cut("a".repeat(100), 50)).toBe(`${"a".repeat(50 - 29)}… [truncated, 100 characters]`);
    expect(cut("short", 50)).toBe("short");
  });

  it("is not cut within a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 80 }),
        fc.integer({ min: 40, max: 79 }),
        (text, most) => {
          fc.pre(!LONE.test(text));
          expect(cut(text, most)).not.toMatch(LONE);
        },
      ),
    );
  });
});

describe("a shrunk value", () => {
  it("keeps its shape", () => {
    const long = "x".repeat(1000);
    const messages = [
      { role: "user", parts: [{ type: "text", content: long }] },
      { role: "assistant", parts: [{ type: "tool_call", name: "look", arguments: { at: long } }] },
    ];
    const shrunk = shrink(messages, 400) as {
      role: string;
      parts: { type: string; content?: string }[];
    }[];
    expect(shrunk.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ["user", ["text"]],
    ]);
    expect(shrunk[0]?.parts[0]?.content).toMatch(/^x+… \[truncated, 1000 characters\]$/);
  });

  it("is never longer than it may be, as JSON", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.integer({ min: 20, max: 500 }),
        (value, most) => {
          const shrunk = shrink(value, most);
          const fits = JSON.stringify(value).length <= most;
          expect(JSON.stringify(shrunk).length).toBeLessThanOrEqual(
            fits ? JSON.stringify(value).length : most,
          );
        },
      ),
    );
  });

  it("is bounded where escapes make it longer", () => {
    const text = "\u0001".repeat(10_000);
    expect(JSON.stringify(shrink({ text }, 1000)).length).toBeLessThanOrEqual(1000);
  });
});
