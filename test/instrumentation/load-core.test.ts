import { execFileSync } from "node:child_process";
import path from "node:path";

import { expect, it } from "vitest";

it("attaches to what is imported where a loader gives another instance to require", () => {
  const program = path.join(import.meta.dirname, "fixtures", "loads-as-commonjs.mjs");
  const source = path.join(import.meta.dirname, "../../src/instrumentation/instrumentation.ts");
  const printed = execFileSync(process.execPath, [program, source], { encoding: "utf8" });
  expect(printed).toBe("gen_ai.chat\n");
});
