import { createRequire, Module } from "node:module";

import { attachments } from "./attachments.ts";
import { patchModule } from "./core-modules.ts";
import { type Method, replaceMethod } from "./replace-method.ts";

/**
 * Attaches to the embeddings classes of LangChain's provider packages when the application loads them. They are never
 * loaded for us: that would cost the start-up of an SDK that may not be used, and would come before other
 * instrumentations that want to see it loaded.
 *
 * ES modules that are loaded already cannot be reached, nor can any on a Node whose hooks do harm.
 */
export function watchEmbeddingsModules(): void {
  for (const [file, loaded] of Object.entries(require.cache)) {
    if (loaded?.loaded === true && isEmbeddingsFile(file)) patchModule(loaded.exports);
  }
  replaceMethod(Module.prototype, "_compile", watchingCompile);
  for (const namespace of met()) patchModule(namespace);
  hookImports();
}

// --- internal ---

// Its cache is that of the whole process.
const require = createRequire(process.execPath);

/** Each provider's package has its embeddings in a file, or a folder, of that name. */
function isEmbeddingsFile(file: string): boolean {
  return /[\\/]@langchain[\\/](?!core[\\/])[^\\/]+[\\/]dist[\\/](?:.*[\\/])?[^\\/]*embeddings[^\\/]*(?:[\\/].*)?\.[cm]?js$/.test(
    file,
  );
}

/** By CommonJS: the exports are there when the file has run. */
function watchingCompile(compile: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const result = compile.apply(this, args);
    const file = args[1];
    const { current } = attachments();
    if (current !== undefined && typeof file === "string" && isEmbeddingsFile(file)) {
      current.guard.run("attaching to embeddings classes", () =>
        patchModule((this as { exports: unknown }).exports),
      );
    }
    return result;
  };
}

const KEY = Symbol.for("langchain-otel.embeddings-modules/1");

interface Shared {
  [KEY]?: (namespace: unknown) => void;
}

/**
 * Before 22.22.3, 24.11.1 and 25.1, CommonJS that is imported while there is any load hook gets a `require` that has no
 * `cache` and passes `Module._load` by: applications break, and what other instrumentations and we do there is undone.
 */
const HOOKS_ARE_SAFE = ((): boolean => {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split(".").map(Number);
  const since: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
    22: [22, 3],
    24: [11, 1],
    25: [1, 0],
  };
  const [sinceMinor, sincePatch] = since[major] ?? [major >= 26 ? 0 : Infinity, 0];
  return minor > sinceMinor || (minor === sinceMinor && patch >= sincePatch);
})();

interface LoadResult {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
}

type Load = (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => LoadResult,
) => LoadResult;

type RegisterHooks = (hooks: { load: Load }) => { deregister(): void };

/**
 * By ESM: nobody tells when a module has run, and the application's next line may use it. So the module itself does: a
 * line is added at its end, which hands us its own namespace.
 */
function hookImports(): void {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  const shared = globalThis as Shared;
  if (!HOOKS_ARE_SAFE || registerHooks === undefined || shared[KEY] !== undefined) return;
  shared[KEY] = (namespace) => {
    met().push(namespace);
    attachments().current?.guard.run("attaching to embeddings classes", () =>
      patchModule(namespace),
    );
  };
  const hooks = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      return url.startsWith("file:") && isEmbeddingsFile(new URL(url).pathname)
        ? withNotice(url, loaded)
        : loaded;
    },
  });
  attachments().onDetach(() => {
    hooks.deregister();
    delete shared[KEY];
  });
}

function withNotice(url: string, loaded: LoadResult): LoadResult {
  const { format, source } = loaded;
  if (format !== "module" || source === undefined || source === null) return loaded;
  const code = typeof source === "string" ? source : new TextDecoder().decode(source as Uint8Array);
  const notice = `import * as langchainOtel$ from ${JSON.stringify(url)};globalThis[Symbol.for(${JSON.stringify(KEY.description)})]?.(langchainOtel$);`;
  return { ...loaded, source: `${code}\n${notice}\n` };
}

const MET = Symbol.for("langchain-otel.embeddings-modules-met/1");

/** ES modules that have told of themselves; they stay loaded for ever, and tell only once. */
function met(): unknown[] {
  const shared = globalThis as { [MET]?: unknown[] };
  return (shared[MET] ??= []);
}
