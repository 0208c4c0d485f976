import { createRequire, Module } from "node:module";

import { attachments } from "./attachments.ts";
import { patchModule } from "./core-modules.ts";
import { type Method, replaceMethod } from "./replace-method.ts";
import { watchImports } from "./watch-imports.ts";

/**
 * Attaches to the embeddings classes of LangChain's provider packages and to the MCP SDK where the application has loaded
 * them, or does. They are never loaded for us: that would cost the start-up of an SDK that may not be used, and would
 * come before other instrumentations that want to see it loaded.
 *
 * @param preload nothing of the application has begun to load
 * @returns what is still under way; never rejects
 */
export function watchLateModules(preload: boolean): Promise<void>[] {
  for (const [file, loaded] of Object.entries(require.cache)) {
    if (loaded?.loaded === true && isLateFile(file)) patchModule(loaded.exports);
  }
  replaceMethod(Module.prototype, "_compile", watchingCompile);
  return watchImports(isLateFile, preload);
}

// --- internal ---

// Its cache is that of the whole process.
const require = createRequire(process.execPath);

/**
 * Each provider's package has its embeddings in a file, or a folder, of that name. Of the MCP SDK, version 1 has the
 * base of its clients and servers in a file of its own, version 2 exports them.
 */
const LATE_FILES: readonly RegExp[] = [
  /[\\/]@langchain[\\/](?!core[\\/])[^\\/]+[\\/]dist[\\/](?:.*[\\/])?[^\\/]*embeddings[^\\/]*(?:[\\/].*)?\.[cm]?js$/,
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/](?:esm|cjs)[\\/]shared[\\/]protocol|(?:client|server)[\\/]dist[\\/]index)\.[cm]?js$/,
];

function isLateFile(file: string): boolean {
  return LATE_FILES.some((pattern) => pattern.test(file));
}

/** By CommonJS: the exports are there when the file has run. */
function watchingCompile(compile: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const result = compile.apply(this, args);
    const file = args[1];
    const { anyone } = attachments();
    if (anyone !== undefined && typeof file === "string" && isLateFile(file)) {
      anyone.guard.run("attaching to a module", () =>
        patchModule((this as { exports: unknown }).exports),
      );
    }
    return result;
  };
}
