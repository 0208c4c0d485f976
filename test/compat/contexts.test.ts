import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Bench, expected } from "./support/bench.ts";
import { contextCells, runsOn } from "./support/cells.ts";
import { ownNode } from "./support/node-version.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open();
}, 60_000);

afterAll(() => bench.close());

const cells = contextCells.filter((cell) => runsOn(cell, ownNode.version));

describe.concurrent("an application's requests and spans are where they belong", () => {
  test.each(cells)("$name", { timeout: 300_000 }, async (cell) => {
    expect(await bench.run(cell, ownNode)).toEqual(expected(cell));
  });
});
