import { describe, expect, it } from "vitest";

import { type BenignErrorRule, BenignErrorSpanProcessor } from "../../src/processors/index.ts";
import { errorLike, exportedOf, RED, UNSET } from "./sdks.ts";

type Conditions = Omit<BenignErrorRule, "name">;

/** Whether one rule takes the red off one span with one exception. */
async function matches(
  rule: Conditions,
  type: string,
  where: Parameters<typeof exportedOf>[1] & { readonly message?: string } = {},
): Promise<boolean> {
  const processor = new BenignErrorSpanProcessor({
    defaults: false,
    rules: [{ name: "one", ...rule }],
  });
  const { status } = await exportedOf(
    processor,
    where,
    errorLike(type, where.message ?? "a message"),
  );
  expect([UNSET, RED]).toContainEqual(status);
  return status.code === UNSET.code;
}

describe("the exception type of a rule", () => {
  it.each([
    ["a name", "Stopped", "Stopped", true],
    ["a name in Python's or Java's package", "Stopped", "queue.lib.Stopped", true],
    ["a name in Rust's or C++'s namespace", "Stopped", "queue::Stopped", true],
    ["a name in PHP's namespace", "Stopped", "Queue\\Lib\\Stopped", true],
    ["a name in a package path", "Stopped", "@queue/lib/Stopped", true],
    ["a longer name", "Stopped", "NeverStopped", false],
    ["a name within", "Stopped", "Stopped.Late", false],
    ["another case", "Stopped", "stopped", false],
    ["a qualified name", "lib.Stopped", "lib.Stopped", true],
    ["a qualified name, bare", "lib.Stopped", "Stopped", false],
    ["a qualified name, of another package", "lib.Stopped", "other.Stopped", false],
    ["a qualified name, further qualified", "lib.Stopped", "queue.lib.Stopped", false],
    ["one of several", ["Paused", "Stopped"], "lib.Stopped", true],
    ["none of several", ["Paused", "Halted"], "Stopped", false],
    ["a name with a pattern's signs", "a+b", "aab", false],
    ["a RegExp", /^lib\.\w+$/, "lib.Stopped", true],
    ["a RegExp that does not find", /^\w+$/, "lib.Stopped", false],
  ])("%s", async (_what, exceptionType, recorded, expected) => {
    expect(await matches({ exceptionType }, recorded)).toBe(expected);
  });
});

describe("the other conditions of a rule", () => {
  const on = { spanName: "desk.clerk.take", scope: "front-desk", message: "closed at noon" };
  const tagged = { ...on, attributes: { room: "a1", seats: 2, open: true, tags: ["a1"] } };

  it.each<[string, Conditions["spanName"] | object, Partial<Conditions>, boolean]>([
    ["spanName: a prefix", on, { spanName: "desk." }, true],
    ["spanName: the whole", on, { spanName: "desk.clerk.take" }, true],
    ["spanName: not a prefix", on, { spanName: "clerk." }, false],
    ["spanName: a RegExp", on, { spanName: /clerk\.\w+$/ }, true],
    ["spanName: a RegExp that does not find", on, { spanName: /^clerk/ }, false],
    ["scope: the name", on, { scope: "front-desk" }, true],
    ["scope: a prefix is not it", on, { scope: "front" }, false],
    ["scope: a RegExp", on, { scope: /^front/ }, true],
    ["scope: a RegExp that does not find", on, { scope: /^back/ }, false],
    ["exceptionMessage: a part", on, { exceptionMessage: "at noon" }, true],
    ["exceptionMessage: no part", on, { exceptionMessage: "at night" }, false],
    ["exceptionMessage: a RegExp", on, { exceptionMessage: /^closed/ }, true],
    ["exceptionMessage: a RegExp that does not find", on, { exceptionMessage: /^open/ }, false],
    ["exceptionMessage: there is none", { ...on, message: "" }, { exceptionMessage: /^/ }, false],
    [
      "attributes: values of each type",
      tagged,
      { attributes: { room: "a1", seats: 2, open: true } },
      true,
    ],
    ["attributes: one of two differs", tagged, { attributes: { room: "a1", seats: 3 } }, false],
    ["attributes: another type", tagged, { attributes: { seats: "2" } }, false],
    ["attributes: a part of a string is not it", tagged, { attributes: { room: "a" } }, false],
    ["attributes: a RegExp", tagged, { attributes: { room: /^a/ } }, true],
    ["attributes: a RegExp finds in strings only", tagged, { attributes: { seats: /2/ } }, false],
    ["attributes: a RegExp finds in no array", tagged, { attributes: { tags: /a1/ } }, false],
    ["attributes: a missing one", tagged, { attributes: { floor: /^/ } }, false],
    ["attributes: what every object has", tagged, { attributes: { toString: /./ } }, false],
    ["attributes: none", tagged, { attributes: {} }, true],
    [
      "all at once",
      tagged,
      {
        spanName: "desk.",
        scope: "front-desk",
        exceptionMessage: "noon",
        attributes: { seats: 2 },
      },
      true,
    ],
    [
      "all but one",
      tagged,
      { spanName: "desk.", scope: "back", exceptionMessage: "noon", attributes: { seats: 2 } },
      false,
    ],
    [
      "undefined is no condition",
      on,
      { spanName: undefined, scope: undefined, attributes: undefined, exceptionMessage: undefined },
      true,
    ],
  ])("%s", async (_what, where, conditions, expected) => {
    expect(
      await matches({ exceptionType: "Stopped", ...conditions }, "Stopped", where as object),
    ).toBe(expected);
  });
});

describe("a RegExp in a rule", () => {
  it.each(["g", "y", "gy"])(
    "with the flag %s is not thrown off by what it matched before",
    async (flags) => {
      const exceptionType = new RegExp("Stopped", flags);
      const rule = { name: "one", exceptionType, exceptionMessage: new RegExp("a", flags) };
      const processor = new BenignErrorSpanProcessor({ defaults: false, rules: [rule] });
      const error = errorLike("Stopped", "a");

      for (let times = 0; times < 3; times++) {
        expect(await exportedOf(processor, {}, error, error)).toEqual({
          name: "work",
          status: UNSET,
          attributes: {},
        });
      }
      expect(exceptionType.lastIndex).toBe(0);
    },
  );

  it("with the flag y still means the beginning", async () => {
    expect(await matches({ exceptionType: /Stopped/y }, "lib.Stopped")).toBe(false);
  });

  it("may throw in the application's own class of it", async () => {
    class Broken extends RegExp {
      override test(): boolean {
        throw new Error("broken");
      }
    }

    expect(await matches({ exceptionType: new Broken("Stopped") }, "Stopped")).toBe(true);
  });
});

describe("a rule", () => {
  it("is not changed by what happens to its object later", async () => {
    const rule = { name: "one", exceptionType: ["Stopped"], attributes: { room: "a1" } };
    const processor = new BenignErrorSpanProcessor({ defaults: false, rules: [rule] });
    rule.exceptionType[0] = "Halted";
    rule.attributes.room = "b2";

    const { status } = await exportedOf(
      processor,
      { attributes: { room: "a1" } },
      errorLike("Stopped", ""),
    );
    expect(status).toEqual(UNSET);
  });
});
