import { array, assert, constantFrom, nat, property, record } from "fast-check";
import { expect, it } from "vitest";

import { stableOrder } from "../../src/testing/sibling-order.ts";

function ordered(...siblings: [text: string, start: number, end: number][]): string {
  return stableOrder(siblings.map(([text, start, end]) => ({ text, lifetime: { start, end } })))
    .map(({ text }) => text)
    .join(" ");
}

it("puts what ended before what began later", () => {
  expect(ordered(["a", 20, 30], ["b", 10, 20], ["c", 0, 10])).toBe("c b a");
});

it("goes by the text for what ran at the same time, or began at the same moment", () => {
  expect(ordered(["c", 0, 10], ["b", 5, 15], ["a", 9, 20])).toBe("a b c");
  expect(ordered(["b", 5, 5], ["a", 5, 9])).toBe("a b");
  expect(ordered(["b", 5, 5], ["a", 5, 5])).toBe("a b");
});

it("keeps the sequence beside something that lasted all the time", () => {
  expect(ordered(["m", 0, 100], ["z", 10, 20], ["b", 30, 40], ["a", 50, 60])).toBe("m z b a");
});

it("leaves the order as it is where no times are known", () => {
  const siblings = ["b", "a"].map((text) => ({ text, lifetime: undefined }));
  expect(stableOrder(siblings)).toEqual(siblings);
});

it("never depends on the order given, never loses one and never turns a sequence around", () => {
  const time = nat({ max: 12 });
  const sibling = record({ text: constantFrom("a", "b", "c", "d"), start: time, length: time }).map(
    ({ text, start, length }) => ({ text, lifetime: { start, end: start + length } }),
  );
  assert(
    property(array(sibling), array(sibling), (some, others) => {
      const result = stableOrder([...some, ...others]);
      expect(result.map((each) => each.text)).toEqual(
        stableOrder([...others, ...some]).map((each) => each.text),
      );
      expect(new Set(result)).toEqual(new Set([...some, ...others]));
      result.forEach((later, at) => {
        for (const earlier of result.slice(0, at)) {
          const turned =
            later.lifetime.end <= earlier.lifetime.start &&
            later.lifetime.start < earlier.lifetime.start;
          expect(turned).toBe(false);
        }
      });
    }),
  );
});
