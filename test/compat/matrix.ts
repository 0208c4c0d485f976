/**
 * Runs all cells on all versions of Node that we support: `node test/compat/matrix.ts [folder] [version…]`. The Nodes are
 * installed into the folder when they are not there.
 *
 * It fails when a cell fails, and when one could not be run.
 */
import { deepStrictEqual } from "node:assert";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Bench, expected } from "./support/bench.ts";
import { attachCells, type Cell, conductCells, runsOn } from "./support/cells.ts";
import { nodeOf, VERSIONS } from "./support/node-install.ts";

const NOT_RUN = "not run";
type Result = "ok" | "FAILED" | "-" | typeof NOT_RUN;

const [folder = join(tmpdir(), "langchain-otel-nodes"), ...chosen] = process.argv.slice(2);
const versions = chosen.length > 0 ? chosen : VERSIONS;
const cells = [...attachCells, ...conductCells];
const results = new Map<Cell, Result[]>(cells.map((cell) => [cell, versions.map(() => NOT_RUN)]));
const faults: string[] = [];

const bench = await Bench.open();
try {
  for (const [column, version] of versions.entries()) {
    const started = performance.now();
    await runColumn(version, column).catch((fault: unknown) =>
      faults.push(`Node ${version}: ${messageOf(fault)}`),
    );
    console.log(`Node ${version}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
} finally {
  await bench.close();
}
printTable();
for (const fault of faults) console.log(`\n${fault}`);

const all = [...results.values()].flat();
const [passed, failed, missing] = (["ok", "FAILED", NOT_RUN] as const).map((result) =>
  count(result),
);
console.log(
  `\nmatrix: ${passed} passed, ${failed} failed${missing === 0 ? "" : `, ${missing} NOT RUN`}`,
);
process.exitCode = failed === 0 && missing === 0 && passed !== 0 ? 0 : 1;

// --- internal ---

async function runColumn(version: string, column: number): Promise<void> {
  const node = await nodeOf(version, folder);
  const tryCell = async (cell: Cell): Promise<Result> => {
    if (!runsOn(cell, node)) return "-";
    try {
      deepStrictEqual(await bench.run(cell, node), expected(cell));
      return "ok";
    } catch (fault) {
      faults.push(`${cell.name}, Node ${version}: ${messageOf(fault)}`);
      return "FAILED";
    }
  };
  await Promise.all(
    [...results].map(async ([cell, row]) => {
      row[column] = await tryCell(cell);
    }),
  );
}

function printTable(): void {
  const width = Math.max(...cells.map(({ name }) => name.length));
  const line = (name: string, columns: readonly string[]): string =>
    [name.padEnd(width), ...columns.map((column) => column.padStart(8))].join(" ");
  console.log(`\n${line("", versions)}`);
  for (const [{ name }, row] of results) console.log(line(name, row));
  console.log("\n-: OpenTelemetry's SDK 3 does not run on that Node");
}

function count(result: Result): number {
  return all.filter((each) => each === result).length;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
