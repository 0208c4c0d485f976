import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, it } from "vitest";

const program = fileURLToPath(new URL("programs/tracked-calls.ts", import.meta.url));

it("a tracker that records a million calls keeps ten thousand of them, and sums", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    program,
    "1000000",
  ]);
  const { grown, grownInSecondHalf, ...counted } = JSON.parse(stdout) as Record<string, number>;
  expect(counted).toEqual({ calls: 1_000_000, cost: 1000, recent: 1000, kept: 10_000 });
  // What is bounded is full after the first half. A byte for each call would be half a million.
  expect(grownInSecondHalf).toBeLessThan(2_000_000);
  expect(grown).toBeLessThan(60_000_000);
}, 300_000);
