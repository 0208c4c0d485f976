import { readFileSync } from "node:fs";
import { Module } from "node:module";
import { fileURLToPath } from "node:url";

import { attachments } from "./attachments.ts";
import { patchModule } from "./core-modules.ts";
import { loadModule } from "./load-module.ts";
import { loadedModules } from "./loaded-modules.ts";

/**
 * Attaches to ES modules: to those that are loaded, and to those to come when they have run. The latter not before Node
 * 22.15, which is the first that tells.
 *
 * @param preload nothing of the application has begun to load
 * @returns what is still under way; never rejects
 */
export function watchImports(
  isWanted: (file: string) => boolean,
  preload: boolean,
): Promise<void>[] {
  for (const namespace of met()) patchModule(namespace);
  // Somebody watches already, and has seen what there was before.
  if ((globalThis as Shared)[KEY] !== undefined) return [];
  hookImports(isWanted);
  if (preload) return [];
  return loadedModules()
    .filter(isWanted)
    .map((file) => loadModule(file, false))
    .filter((late) => late !== undefined);
}

// --- internal ---

const KEY = Symbol.for("langchain-otel.late-modules/1");

interface Shared {
  [KEY]?: (namespace: unknown) => void;
}

interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
  readonly shortCircuit?: boolean;
}

interface Asked {
  readonly conditions: Iterable<string>;
  readonly parentURL?: string | undefined;
}

type Resolve = (
  name: string,
  asked: Asked,
  next: (name: string, asked: Asked) => Resolved,
) => Resolved;

type RegisterHooks = (hooks: { resolve: Resolve }) => { deregister(): void };

/**
 * Nobody tells when an ES module has run, and the application's next line may use it. So a module of ours stands before
 * it, with the very same bindings, which hands us the namespace when it runs.
 *
 * Not by a hook that adds to the source: before 22.22.3, 24.11.1 and 25.1, CommonJS that is imported while there is any
 * load hook gets a `require` that has no `cache` and passes `Module._load` by, which breaks applications.
 */
function hookImports(isWanted: (file: string) => boolean): void {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) return;
  const shared = globalThis as Shared;
  shared[KEY] = (namespace) => {
    met().push(namespace);
    attachments().anyone?.guard.run("attaching to a module", () => patchModule(namespace));
  };
  const hooks = registerHooks({
    resolve(name, asked, next) {
      const resolved = next(name, asked);
      const { url, format } = resolved;
      if (format !== "module" || !url.startsWith("file:") || !isImport(asked)) return resolved;
      const file = fileURLToPath(url);
      return isWanted(file) && !hasDefault(file) ? standIn(url) : resolved;
    },
  });
  attachments().onDetach(() => {
    hooks.deregister();
    delete shared[KEY];
  });
}

const STAND_IN = "data:text/javascript,/*langchain-otel*/";

/** What is required, by us above all, is the module itself; it is there at once. */
function isImport({ conditions, parentURL }: Asked): boolean {
  return [...conditions].includes("import") && parentURL?.startsWith(STAND_IN) !== true;
}

/** The one thing that `export *` does not pass on. */
function hasDefault(file: string): boolean {
  try {
    // Without the lines of a comment, which may show how it is imported.
    const code = readFileSync(file, "utf8").replaceAll(/^\s*\*.*$/gm, "");
    return /\bexport\s+default\b|\bas\s+["']?default\b|[{,]\s*default\s*[,}]/.test(code);
  } catch {
    // It is for the application to find out that it cannot be read.
    return true;
  }
}

function standIn(url: string): Resolved {
  const module = JSON.stringify(url);
  const code = `import * as module from ${module};globalThis[Symbol.for(${JSON.stringify(KEY.description)})]?.(module);export * from ${module};`;
  return { url: STAND_IN + encodeURIComponent(code), format: "module", shortCircuit: true };
}

const MET = Symbol.for("langchain-otel.late-modules-met/1");

/** ES modules that have told of themselves; they stay loaded for ever, and tell only once. */
function met(): unknown[] {
  const shared = globalThis as { [MET]?: unknown[] };
  return (shared[MET] ??= []);
}
