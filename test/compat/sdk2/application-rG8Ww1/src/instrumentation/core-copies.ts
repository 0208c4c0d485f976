import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { fields } from "../langchain/read.ts";

const CORE = "@langchain/core";
/** Plenty for any real application; keeps a strange folder from costing its start-up. */
const MOST_PACKAGES = 500;
const MOST_COPIES = 20;

/**
 * The folders of all copies of @langchain/core that the application can come to load: those seen from our own package,
 * from the main script and from the working folder, and those that other packages there bring for themselves.
 */
export function findCoreCopies(roots: readonly string[] = usualRoots()): string[] {
  const copies = new Set<string>();
  const add = (folder: string | undefined): void => {
    if (folder !== undefined && copies.size < MOST_COPIES) copies.add(folder);
  };
  for (const root of roots) {
    add(findPackage(root, CORE));
    for (const name of packagesNear(root)) {
      const folder = findPackage(root, name);
      if (folder !== undefined) add(findPackage(folder, CORE));
    }
  }
  return [...copies];
}

// --- internal ---

function usualRoots(): string[] {
  const main = process.argv[1];
  // Some bundlers that make CommonJS leave it undefined.
  const own = import.meta.url as string | undefined;
  const roots = [process.cwd()];
  if (own !== undefined) roots.unshift(path.dirname(fileURLToPath(own)));
  return main === undefined ? roots : [path.dirname(real(main) ?? path.resolve(main)), ...roots];
}

/** The real folder of a package as seen from another folder, by node_modules or, without those, by Node's own resolver. */
function findPackage(from: string, name: string): string | undefined {
  for (const folder of upwards(from)) {
    const found = path.join(folder, "node_modules", name);
    if (existsSync(path.join(found, "package.json"))) return real(found);
  }
  try {
    return path.dirname(createRequire(path.join(from, "noop.js")).resolve(`${name}/package.json`));
  } catch {
    // Not there, which is an answer.
    return undefined;
  }
}

/** Packages that may bring a copy: LangChain's own, and what the application depends on. */
function packagesNear(root: string): Set<string> {
  const names = new Set(["langchain", "deepagents"]);
  for (const folder of upwards(root)) {
    for (const name of list(path.join(folder, "node_modules", "@langchain")))
      names.add(`@langchain/${name}`);
  }
  for (const folder of upwards(root)) {
    const dependencies = fields(readJson(path.join(folder, "package.json"))["dependencies"]);
    for (const name of Object.keys(dependencies)) names.add(name);
    if (Object.keys(dependencies).length > 0) break;
  }
  names.delete(CORE);
  return new Set([...names].slice(0, MOST_PACKAGES));
}

function upwards(from: string): string[] {
  const folders = [from];
  for (let folder = from; path.dirname(folder) !== folder; folder = path.dirname(folder))
    folders.push(path.dirname(folder));
  return folders;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return fields(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

function real(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
