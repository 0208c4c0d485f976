import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { type NodeBinary, ownNode } from "./node-version.ts";

/**
 * The first and the last of each line that we run on, and both sides of what changed in between: 22.15 is the first for
 * SDK 3, 22.18 and 24.4 the first where an ES module can be required while it is imported, 22.22.3 the first of its line where
 * hooks of imports do no harm.
 */
export const VERSIONS: readonly string[] = [
  "20.19.0",
  "20.20.2",
  "22.15.0",
  "22.18.0",
  "22.22.3",
  "24.4.0",
  "24.21.0",
  "26.10.0",
];

/** The oldest for each SDK, our own and the newest: here, what does not depend on the Node is tried as well. */
export const OUTER_VERSIONS: readonly string[] = ["20.19.0", "22.15.0", "24.21.0", "26.10.0"];

/**
 * A Node of that version, from an npm package that holds nothing else.
 *
 * @param folder where they are kept
 * @throws Error when it is not there and cannot be installed
 */
export async function nodeOf(version: string, folder: string): Promise<NodeBinary> {
  if (version === ownNode.version) return ownNode;
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(folder, version);
  const path = join(home, "node_modules", name, "bin/node");
  if (!existsSync(path)) {
    await mkdir(home, { recursive: true });
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...quiet, "--prefix", home, `${name}@${version}`], {
      timeout: 120_000,
    });
  }
  const { stdout } = await run(path, ["--version"]);
  if (stdout.trim() !== `v${version}`) throw new Error(`${path} is Node ${stdout.trim()}`);
  return { version, path };
}

// --- internal ---

const run = promisify(execFile);
