import { expect, it } from "vitest";

import { RecentMap } from "../../src/budget/store/recent-map.ts";

it("remembers at least so many entries, and at most twice as many", () => {
  const map = new RecentMap<number, string>(3);
  for (let key = 1; key <= 100; key++) {
    map.set(key, `${key}`);
    expect([map.get(key), map.get(key - 1), map.get(key - 2)]).toEqual(
      [key, key - 1, key - 2].map((each) => (each < 1 ? undefined : `${each}`)),
    );
    expect(map.size).toBeLessThanOrEqual(6);
  }
  expect([map.lastKey, map.get(94)]).toEqual([100, undefined]);
});

it("has an entry that is set again only once, and none that was deleted", () => {
  const map = new RecentMap<string, number>(2);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ] as const)
    map.set(key, value);
  expect([map.get("a"), map.size]).toEqual([3, 2]);
  map.delete("a");
  map.delete("b");
  expect([map.get("a"), map.get("b"), map.size]).toEqual([undefined, undefined, 0]);
});
