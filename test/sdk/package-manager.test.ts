import { expect, test } from "vitest";

import { isPackageManager } from "../../src/sdk/package-manager.ts";

test("isPackageManager knows package managers by their main script, and nothing else", () => {
  const scripts = [
    "/usr/bin/npm",
    "/usr/lib/node_modules/npm/bin/npm-cli.js",
    "/usr/lib/node_modules/npm/bin/npx-cli.js",
    "C:\\nodejs\\node_modules\\npm\\bin\\npm-cli.js",
    "/x/pnpm.cjs",
    "/x/.yarn/releases/yarn-4.9.1.cjs",
    "/x/corepack.js",
  ];
  const others = ["/x/app.js", "/x/npm/app.js", "/x/npm-report.js", "/x/yarn.ts", "", undefined];
  expect([...scripts, ...others].filter(isPackageManager)).toEqual(scripts);
});
