import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("programs/runs.ts", import.meta.url));

/**
 * Ten bytes a run: the least that a run could leave behind, an empty object in a list, measures 75. Below a million, the
 * engine's own tables are seen, which never shrink.
 */
const most = (runs: number): number => Math.max(1_000_000, 10 * runs);

interface Grown {
  readonly kind: string;
  readonly grown: number;
  readonly open: number;
  readonly spans: number;
}

/** How many runs of each kind, and how many spans they are. Two processes take about the same time. */
const PROCESSES: readonly (readonly (readonly [kind: string, runs: number, spans: number])[])[] = [
  [
    ["invoke", 100_000, 100_000],
    ["tool", 100_000, 100_000],
    ["chain", 100_000, 100_000],
    ["graph node", 100_000, 200_000],
    ["graph", 2000, 2040],
  ],
  [
    ["stream", 100_000, 100_000],
    ["broken-off stream", 100_000, 100_000],
    ["forgotten stream", 5000, 5000],
  ],
];

async function grownBy(kinds: (typeof PROCESSES)[number]): Promise<Grown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    program,
    ...kinds.flatMap(([kind, runs]) => [kind, String(runs)]),
  ]);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Grown);
}

describe("runs leave nothing behind in heap or maps", () => {
  let measured: Grown[];
  beforeAll(async () => {
    measured = (await Promise.all(PROCESSES.map(grownBy))).flat();
  }, 300_000);

  it.each(PROCESSES.flat())("%s, %i times", (kind, runs, spans) => {
    const of = measured.find((each) => each.kind === kind);
    expect(of).toEqual({ kind, grown: expect.any(Number), open: 0, spans });
    expect(of?.grown).toBeLessThan(most(runs));
  });
});
