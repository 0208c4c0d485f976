import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const program = path.join(import.meta.dirname, "fixtures", "mcp-automatic.mjs");

async function spans(...args: string[]): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Everything that goes over a connection, on its way out (2) and in (1). */
const all = ["initialize", "notifications/initialized", "ping"].flatMap((name) => [
  `${name} 1`,
  `${name} 2`,
]);

describe("with the instrumentation, clients and servers of the MCP SDK are followed by themselves", () => {
  it.each([
    ["1", "esm", "loaded-after"],
    ["1", "esm", "loaded-before"],
    ["1", "cjs", "loaded-after"],
    ["1", "cjs", "loaded-before"],
    ["2", "esm", "loaded-after"],
    ["2", "esm", "loaded-before"],
    ["2", "cjs", "loaded-after"],
    ["2", "cjs", "loaded-before"],
  ])("version %s, %s, %s", async (...args) => {
    // Attached; detached, on that connection and on another; attached again.
    expect(await spans(...args)).toEqual([all, [], [], all]);
  });
});
