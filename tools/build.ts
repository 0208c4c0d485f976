/**
 * Bundles the package into `dist`, or into the folder that is given (`node tools/build.ts [folder]`): a file for each entry, and a few that they share. Some three hundred small files take
 * four times as long to load. The types are made by `tsc`, file by file.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

import { rolldown } from "rolldown";

const root = path.join(import.meta.dirname, "..");
const [folder = path.join(root, "dist")] = process.argv.slice(2);
const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { readonly default: string }>;
};

/** What the package exports, and what `register` loads by itself. */
const entries = [
  ...Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [] : [target.default.replace(/^\.\/dist\/|\.js$/g, "")],
  ),
  "sdk/registration",
];

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, path.join(root, "src", `${name}.ts`)])),
  platform: "node",
  external: (id) => !id.startsWith(".") && !path.isAbsolute(id),
});
await bundle.write({
  dir: folder,
  format: "esm",
  sourcemap: true,
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name].js",
});
await bundle.close();
