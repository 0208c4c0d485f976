import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { types } from "node:util";

import { diag } from "@opentelemetry/api";

import { patchModule } from "./core-modules.ts";

/**
 * Attaches to an ES module: to the very instance that the application has imported or will import.
 *
 * @param preload nothing of the application has begun to load, so that a synchronous load cannot get in its way
 * @returns what is still under way; never rejects
 */
export function loadModule(file: string, preload: boolean): Promise<void> | undefined {
  if (preload || SYNC_IS_SAFE) {
    try {
      const loaded: unknown = require(file);
      patchModule(loaded);
      // Loaders such as tsx make CommonJS of what is required: then `import` gives another instance, to be patched too.
      if (types.isModuleNamespaceObject(loaded)) return undefined;
    } catch (fault) {
      // An import of it is under way, or this Node cannot require ES modules: import it, then.
      diag.debug(`langchain-otel: ${file} is loaded asynchronously`, fault);
    }
  }
  return import(pathToFileURL(file).href).then(patchModule, (fault: unknown) =>
    diag.warn(`langchain-otel: ${file} could not be loaded, its calls are not traced`, fault),
  );
}

// --- internal ---

// Everything is required by its absolute path, so it does not matter from where; a bundle may have no import.meta.url.
const require = createRequire(process.execPath);

/**
 * `require` of an ES module gives the same instance as `import`, at once. While an `import` of it is under way, though,
 * older Nodes break the module for good (ERR_INTERNAL_ASSERTION in the application's own import).
 */
const SYNC_IS_SAFE: boolean = ((): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major >= 25 || (major === 24 && minor >= 4) || (major === 22 && minor >= 18);
})();
