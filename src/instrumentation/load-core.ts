import { existsSync } from "node:fs";
import { createRequire, Module } from "node:module";
import path from "node:path";

import { attachments } from "./attachments.ts";
import { CORE_FILES, patchModule } from "./core-modules.ts";
import { loadModule } from "./load-module.ts";
import { type Method, replaceMethod } from "./replace-method.ts";

// Everything is required by its absolute path, so it does not matter from where; a bundle may have no import.meta.url.
const require = createRequire(process.execPath);

/**
 * Gets at the classes of one copy of @langchain/core, in both of its forms: the very instances that the application has
 * imported or will import.
 *
 * @param preload nothing of the application has begun to load, so that a synchronous load cannot get in its way
 * @returns what is still under way; never rejects
 */
export function loadCore(folder: string, preload: boolean): Promise<void>[] {
  const pending: Promise<void>[] = [];
  for (const file of CORE_FILES) {
    const base = path.join(folder, "dist", file);
    if (existsSync(`${base}.js`)) {
      const late = loadModule(`${base}.js`, preload);
      if (late !== undefined) pending.push(late);
    }
    if (existsSync(`${base}.cjs`)) whenRequired(`${base}.cjs`);
  }
  return pending;
}

// --- internal ---

/**
 * The CommonJS form is not loaded for us (that would cost an ESM application 100 ms for nothing), but when the
 * application has, or does, we are there.
 */
function whenRequired(file: string): void {
  const loaded = require.cache[file];
  if (loaded?.loaded === true) return patchModule(loaded.exports);
  awaited().add(file);
  replaceMethod(Module, "_load", watchingLoad);
}

const KEY = Symbol.for("langchain-otel.awaited/1");

/** Process-wide: where two copies of this package are loaded, one of them watches Node's loader for both. */
function awaited(): Set<string> {
  const shared = globalThis as { [KEY]?: Set<string> };
  return (shared[KEY] ??= new Set<string>());
}

function watchingLoad(load: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const exports = load.apply(this, args);
    if (awaited().size > 0 && attachments().anyone !== undefined) patchLoaded();
    return exports;
  };
}

function patchLoaded(): void {
  const files = awaited();
  for (const file of files) {
    const loaded = require.cache[file];
    if (loaded?.loaded !== true) continue;
    files.delete(file);
    patchModule(loaded.exports);
  }
}
