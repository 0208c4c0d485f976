import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package that is installed where the application or we can load it. */
export interface InstalledPackage {
  /** Its main file, as `require` loads it. */
  readonly file: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * Looks for a package where ours is installed, then where the application's main script is, then in the working
 * directory: with `npx`, a monorepo or a linked package, these are different places.
 */
export function findPackage(name: string): InstalledPackage | undefined {
  for (const place of places()) {
    const found = packageAt(name, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The package that `require` in a file would load. */
export function packageAt(name: string, file: string | URL): InstalledPackage | undefined {
  const main = resolve(name, file);
  return main === undefined ? undefined : described(name, main);
}

/** Loads what `findPackage` found. */
export function load(found: InstalledPackage): unknown {
  return createRequire(found.file)(found.file);
}

// --- internal ---

function places(): (string | URL)[] {
  const script = process.argv[1];
  return [
    import.meta.url,
    ...(script === undefined ? [] : [real(script)]),
    join(process.cwd(), "package.json"),
  ];
}

function resolve(name: string, from: string | URL): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    // Not there: the next place, or the caller, who says what to install.
    return undefined;
  }
}

/** The API's package.json is not among its exports, so that it is looked for above its main file. */
function described(
  name: string,
  file: string,
  folder: string = dirname(file),
): InstalledPackage | undefined {
  const manifest = readManifest(join(folder, "package.json"));
  if (manifest?.name === name) {
    return {
      file,
      version: manifest.version ?? "",
      peerDependencies: manifest.peerDependencies ?? {},
    };
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : described(name, file, parent);
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    // Folders without a readable package.json are passed over.
    return undefined;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // `node -` and the like: not a file.
    return path;
  }
}
