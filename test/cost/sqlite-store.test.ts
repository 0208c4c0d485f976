import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath, pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CostTracker } from "../../src/budget/cost-tracker.ts";
import { sqliteStore } from "../../src/cost/sqlite-store.ts";
import { call, START } from "../budget/calls.ts";

const program = fileURLToPath(new URL("programs/spender.ts", import.meta.url));
let folder: string;
let file: string;
const children = new Set<ChildProcessWithoutNullStreams>();

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sqlite-store-"));
  file = path.join(folder, "spent.db");
});
afterEach(async () => {
  await Promise.all([...children].map(killed));
  rmSync(folder, { recursive: true });
});

function spender(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, file, ...args]);
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

async function killed(child: ChildProcessWithoutNullStreams): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

describe("sqliteStore", () => {
  it("is there again for the next process", () => {
    const first = new CostTracker({ store: sqliteStore(file) });
    first.setBudget("support-agent", { maxUsd: 1, per: "run" });
    first.record(call({ runIds: ["r"] }));
    first.reserve({ agentName: "support-agent", runId: "r", estimate: 0.5, isBound: true });
    first.close();

    const second = new CostTracker({ store: sqliteStore(pathToFileURL(file)) });
    second.setBudget("support-agent", { maxUsd: 1, per: "run" });
    expect(second.checkBudget("support-agent")).toMatchObject({ spent: 0.01 });
    const next = { agentName: "support-agent", runId: "r", isBound: true };
    expect(() => second.reserve({ ...next, estimate: 0.5 })).toThrow("The budget of");
    second.reserve({ ...next, estimate: 0.49 });
    expect(second.getUsageSummary({ agentName: "support-agent" })).toMatchObject({
      numCalls: 1,
      totalTokens: 120,
    });
    second.close();
  });

  it("loses nothing that was recorded when the process is killed", async () => {
    const writers = [spender("record"), spender("record"), spender("record")];
    const recorded = writers.map(() => 0);
    await Promise.all(
      writers.map(async (child, index) => {
        for await (const line of createInterface(child.stdout)) {
          recorded[index] = Number(line);
          if (recorded[index] === 50 * (index + 1)) child.kill("SIGKILL");
        }
      }),
    );
    const told = recorded.reduce((sum, each) => sum + each, 0);

    const tracker = new CostTracker({ store: sqliteStore(file) });
    tracker.setBudget("*", { maxUsd: 5 });
    const { numCalls, totalCost } = tracker.getUsageSummary();
    expect(told).toBeGreaterThanOrEqual(300);
    // One that was recorded and not told of yet, of each.
    expect(numCalls).toBeGreaterThanOrEqual(told);
    expect(numCalls).toBeLessThanOrEqual(told + 3);
    expect([totalCost, tracker.checkBudget("*").spent]).toEqual([numCalls / 100, numCalls / 100]);
    tracker.close();
  });

  it("has one budget for all processes, and never lends more of it than there is", async () => {
    const borrowers = Array.from({ length: 4 }, () => spender("reserve", "40"));
    const got = await Promise.all(
      borrowers.map(async (child) => {
        const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
        await lines.next();
        return { child, lines };
      }),
    ).then(async (ready) => {
      for (const { child } of ready) child.stdin.write("go\n");
      return Promise.all(ready.map(async ({ lines }) => Number((await lines.next()).value)));
    });
    expect(got.reduce((sum, each) => sum + each, 0)).toBe(50);
  });

  it("stays small, however much is recorded", () => {
    const tracker = new CostTracker({ store: sqliteStore(file, { maxRecords: 200 }) });
    tracker.setBudget("*", { maxUsd: 1, per: "run" });
    const sizes: number[] = [];
    for (let at = 0; at < 12_000; at++) {
      tracker.record(
        call({ sessionId: `${at}`, runIds: [`${at}`], timestamp: START + at * 60_000 }),
      );
      if ((at + 1) % 4000 === 0) sizes.push(statSync(file).size);
    }
    expect(tracker.getUsageSummary().numCalls).toBe(12_000);
    tracker.close();
    const db = new DatabaseSync(file);
    const rows = ["records", "archive", "totals", "balances", "holds", "held"].map(
      (table) => db.prepare(`SELECT count(*) rows FROM ${table}`).get()?.["rows"],
    );
    db.close();
    expect(rows[0]).toBe(200);
    for (const count of rows.slice(1)) expect(count).toBeLessThanOrEqual(2300);
    expect(sizes[2]).toBeLessThan(2 * (sizes[0] ?? 0));
  });

  it("leaves files alone that are not its own", () => {
    new DatabaseSync(file).exec("CREATE TABLE ours (x)");
    expect(() => sqliteStore(file)).toThrow("it was made by something else");
    const later = path.join(folder, "later.db");
    new DatabaseSync(later).exec("PRAGMA user_version = 9");
    expect(() => sqliteStore(later)).toThrow("it was made by another version of it (9)");
    const text = path.join(folder, "text");
    writeFileSync(text, "no database".repeat(100));
    expect(() => sqliteStore(text)).toThrow("file is not a database");
    expect(() => sqliteStore(path.join(folder, "none", "x.db"))).toThrow("unable to open");
  });

  it("says which Node has what it needs", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    expect(() => sqliteStore(file)).toThrow(
      `sqliteStore needs node:sqlite, which is in Node 22.13 and later; this is Node ${process.version.slice(1)}`,
    );
  });

  it.each<[unknown, object, string]>([
    ["", {}, 'Expected a file\'s path or URL, got "" (string)'],
    [undefined, {}, "Expected a file's path or URL, got undefined"],
    [
      "x.db",
      { maxRecords: 0 },
      "Expected the `maxRecords` option to be a whole number above 0, got 0 (number)",
    ],
  ])("of %o with %o is a mistake", (name, options, message) => {
    expect(() => sqliteStore(name as string, options)).toThrow(new TypeError(message));
  });
});
