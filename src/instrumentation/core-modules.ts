import { patchAsyncCaller } from "./patch-async-caller.ts";
import { patchCallbackManager } from "./patch-callback-manager.ts";
import { patchModels } from "./patch-models.ts";

/** The files of @langchain/core whose classes we work on, in 0.3 and in 1.x, without their ending. */
export const CORE_FILES: readonly string[] = [
  "callbacks/manager",
  "language_models/chat_models",
  "language_models/llms",
  "utils/async_caller",
];

/** Works on the classes in a module's exports; a module without them is left alone. */
export function patchModule(module: unknown): void {
  for (const exported of namespaces(module)) {
    for (const [name, patch] of Object.entries(PATCHES)) {
      const found = exported[name];
      if (typeof found === "function") patch(found);
    }
  }
}

/** Whether it is a module of @langchain/core's that means anything to us. */
export function isCoreModule(module: unknown): boolean {
  const names = [...Object.keys(PATCHES), ...OTHER_EXPORTS];
  return namespaces(module).some((exported) =>
    names.some((name) => typeof exported[name] === "function"),
  );
}

// --- internal ---

const PATCHES: Readonly<Record<string, (target: { readonly prototype: object }) => void>> = {
  CallbackManager: patchCallbackManager,
  BaseChatModel: patchModels,
  BaseLLM: patchModels,
  AsyncCaller: patchAsyncCaller,
};

/** Modules that may be given, and that have nothing for model calls. */
const OTHER_EXPORTS = ["StructuredTool", "BaseRetriever", "RunnableLambda"];

/** A CommonJS module imported by ESM has its exports under `default` too. */
function namespaces(module: unknown): Readonly<Record<string, unknown>>[] {
  const found = [module, (module as { default?: unknown } | null | undefined)?.default];
  return found.filter((exported) => typeof exported === "object" && exported !== null) as Record<
    string,
    unknown
  >[];
}
