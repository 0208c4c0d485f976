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
import { attachCells, type Cell, conductCells, contextCells, runsOn } from "./support/cells.ts";
import { nodeOf, OUTER_VERSIONS, VERSIONS } from "./support/node-install.ts";

type Result = "ok" | "FAILED" | "not run" | "-" | ".";

const LEGEND = `
-: OpenTelemetry's SDK 3 does not run on that Node
.: does not depend on the Node, and is tried on ${OUTER_VERSIONS.join(", ")}`;

const [folder = join(tmpdir(), "langchain-otel-nodes"), ...chosen] = process.argv.slice(2);
const versions = chosen.length > 0 ? chosen : VERSIONS;
const cells = [...attachCells, ...contextCells, ...conductCells];
const results = new Map(
  cells.map((cell) => [cell, versions.map((version) => planned(cell, version))]),
);
const faults: string[] = [];

const bench = await Bench.open();
try {
  for (const [column, version] of versions.entries()) {
    const started = performance.now();
    await runColumn(version, column).catch((fault: unknown) => report(`Node ${version}`, fault));
    console.log(`Node ${version}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
} finally {
  await bench.close();
}
printTable();
for (const fault of faults) console.log(`\n${fault}`);
const [passed, failed, missing] = [count("ok"), count("FAILED"), count("not run")];
console.log(
  `\nmatrix: ${passed} passed, ${failed} failed${missing > 0 ? `, ${missing} NOT RUN` : ""}`,
);
process.exitCode = passed > 0 && failed === 0 && missing === 0 ? 0 : 1;

// --- internal ---

function planned(cell: Cell, version: string): Result {
  if (!runsOn(cell, version)) return "-";
  const inner =
    conductCells.includes(cell) && VERSIONS.includes(version) && !OUTER_VERSIONS.includes(version);
  return inner ? "." : "not run";
}

async function runColumn(version: string, column: number): Promise<void> {
  const node = await nodeOf(version, folder);
  const runCell = async (cell: Cell): Promise<Result> => {
    try {
      deepStrictEqual(await bench.run(cell, node), expected(cell));
      return "ok";
    } catch (fault) {
      report(`${cell.name}, Node ${version}`, fault);
      return "FAILED";
    }
  };
  const rows = [...results].filter(([, row]) => row[column] === "not run");
  await Promise.all(
    rows.map(async ([cell, row]) => {
      row[column] = await runCell(cell);
    }),
  );
}

function report(where: string, fault: unknown): void {
  faults.push(`${where}: ${fault instanceof Error ? fault.message : String(fault)}`);
}

function printTable(): void {
  const width = Math.max(...cells.map(({ name }) => name.length));
  const line = (name: string, columns: readonly string[]): string =>
    [name.padEnd(width), ...columns.map((column) => column.padStart(8))].join(" ");
  console.log(`\n${line("", versions)}`);
  for (const [{ name }, row] of results) console.log(line(name, row));
  console.log(LEGEND);
}

function count(result: Result): number {
  return [...results.values()].flat().filter((each) => each === result).length;
}
