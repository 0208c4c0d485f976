import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import { DEVIATIONS } from "../support/semconv/deviations.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../../README.md"), "utf8");

it("the README lists every deviation from the conventions, and no other", () => {
  const [, below = ""] = readme.split("<!-- deviations -->");
  const rows = below.trimStart().split("\n\n")[0]?.split("\n").slice(2) ?? [];
  const listed = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(listed).toEqual(
    DEVIATIONS.map(({ what, versions, why }) => [
      what,
      versions.length === 2 ? "both" : versions[0],
      why,
    ]),
  );
});
