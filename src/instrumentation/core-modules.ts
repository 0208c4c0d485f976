import { isProtocolClass } from "../propagation/mcp-protocol.ts";
import { patchAsyncCaller } from "./patch-async-caller.ts";
import { patchCallbackManager } from "./patch-callback-manager.ts";
import { patchChainStreams, patchRunWithConfig } from "./patch-chains.ts";
import { isEmbeddingsClass, patchEmbeddings } from "./patch-embeddings.ts";
import { patchGraphs } from "./patch-graphs.ts";
import { patchMcp } from "./patch-mcp.ts";
import { patchModels } from "./patch-models.ts";
import { patchRetrievers, patchTools } from "./patch-tools.ts";
import { patchVectorStores } from "./patch-vector-stores.ts";

/** The files of @langchain/core whose classes we work on, in 0.3 and in 1.x, without their ending. */
export const CORE_FILES: readonly string[] = [
  "callbacks/manager",
  "language_models/chat_models",
  "language_models/llms",
  "utils/async_caller",
  "tools/index",
  "retrievers/index",
  "runnables/base",
  "runnables/branch",
  "vectorstores",
  "singletons/async_local_storage/index",
];

/** Works on the classes in a module's exports; a module without them is left alone. */
export function patchModule(module: unknown): void {
  for (const exported of namespaces(module)) {
    for (const [name, patch] of Object.entries(PATCHES)) {
      const found = exported[name];
      if (typeof found === "function") patch(found);
    }
    for (const found of Object.values(exported)) {
      if (isEmbeddingsClass(found)) patchEmbeddings(found.prototype);
      if (isProtocolClass(found)) patchMcp(found);
    }
    const provider = exported[RUN_WITH_CONFIG];
    if (typeof provider === "object" && provider !== null) patchRunWithConfig(provider);
  }
}

/** Whether it is a module of @langchain/core's that means anything to us, or has classes of embeddings or the MCP SDK. */
export function isKnownModule(module: unknown): boolean {
  const names = [...Object.keys(PATCHES), RUN_WITH_CONFIG];
  return namespaces(module).some(
    (exported) =>
      names.some((name) => exported[name] !== undefined) ||
      Object.values(exported).some((found) => isEmbeddingsClass(found) || isProtocolClass(found)),
  );
}

// --- internal ---

const PATCHES: Readonly<Record<string, (target: { readonly prototype: object }) => void>> = {
  CallbackManager: patchCallbackManager,
  BaseChatModel: patchModels,
  BaseLLM: patchModels,
  AsyncCaller: patchAsyncCaller,
  StructuredTool: patchTools,
  BaseRetriever: patchRetrievers,
  Runnable: (runnable) => {
    patchChainStreams(runnable);
    patchGraphs(runnable);
  },
  RunnableSequence: patchChainStreams,
  RunnableBranch: patchChainStreams,
  RunnableWithFallbacks: patchChainStreams,
  VectorStore: patchVectorStores,
};

/** An object, of whose class only the prototype can be reached. */
const RUN_WITH_CONFIG = "AsyncLocalStorageProviderSingleton";

/** A CommonJS module imported by ESM has its exports under `default` too. */
function namespaces(module: unknown): Readonly<Record<string, unknown>>[] {
  const found = [module, (module as { default?: unknown } | null | undefined)?.default];
  return found.filter((exported) => typeof exported === "object" && exported !== null) as Record<
    string,
    unknown
  >[];
}
