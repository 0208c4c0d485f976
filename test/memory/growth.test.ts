import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("programs/runs.ts", import.meta.url));

/** Ten bytes a run: what a run leaves behind would be more, and the engine's own housekeeping is less. */
const MOST = 1_000_000;

interface Grown {
  readonly grown: number;
  readonly open: number;
  readonly spans: number;
}

async function runs(kind: string, count: number): Promise<Grown> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    program,
    kind,
    String(count),
  ]);
  return JSON.parse(stdout) as Grown;
}

describe("runs leave nothing behind in heap or maps", { timeout: 300_000 }, () => {
  it.concurrent.each([
    ["invoke", 100_000, 100_000],
    ["stream", 100_000, 100_000],
    ["broken-off stream", 100_000, 100_000],
    ["tool", 100_000, 100_000],
    ["chain", 100_000, 100_000],
    ["graph node", 100_000, 200_000],
    ["graph", 2000, 2040],
    ["forgotten stream", 5000, 5000],
  ])("%s, %i times", async (kind, count, spans) => {
    const { grown, ...rest } = await runs(kind, count);
    expect(rest).toEqual({ open: 0, spans });
    expect(grown).toBeLessThan(MOST);
  });
});
