import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Bench, expected } from "./support/bench.ts";
import { attachCells, runsOn } from "./support/cells.ts";
import { ownNode } from "./support/node-version.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open();
}, 60_000);

afterAll(() => bench.close());

const cells = attachCells.filter((cell) => runsOn(cell, ownNode.version));

describe.concurrent("both calls of an application are traced, whole", () => {
  test.each(cells)("$name", { timeout: 300_000 }, async (cell) => {
    expect(await bench.run(cell, ownNode)).toEqual(expected(cell));
  });
});
