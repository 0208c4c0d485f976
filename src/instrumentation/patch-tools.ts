import { context } from "@opentelemetry/api";

import { abortSignalOf } from "../langchain/abort-signal.ts";
import type { OpenRun } from "../langchain/open-run.ts";
import { fields } from "../langchain/read.ts";
import { type RunHolder, withHolder } from "../langchain/run-holder.ts";
import { attachments } from "./attachments.ts";
import { bindGenerator } from "./bind-generator.ts";
import { patchEmbeddingsOf } from "./patch-embeddings.ts";
import { replaceMethod, replaceOverrides, type Replacement } from "./replace-method.ts";

/** Makes what a tool does happen in the context of its run, and lets its run know the tool. */
export function patchTools(structuredTool: { readonly prototype: object }): void {
  const { prototype } = structuredTool;
  replaceMethod(
    prototype,
    "call",
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (attachments().current === undefined) return original.apply(this, args);
        replaceOverrides(this as object, prototype, { _call: inRun });
        const signal = abortSignalOf(args[1]);
        const holder: RunHolder = { kind: "tool", subject: this as object, signal };
        const called = context.with(withHolder(context.active(), holder), () =>
          original.apply(this, args),
        );
        return called instanceof Promise ? called.catch(failing(holder)) : called;
      },
  );
}

/** Makes what a retriever does happen in the context of its run, and attaches to the embeddings it has. */
export function patchRetrievers(baseRetriever: { readonly prototype: object }): void {
  const { prototype } = baseRetriever;
  replaceMethod(
    prototype,
    "invoke",
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (attachments().current === undefined) return original.apply(this, args);
        replaceOverrides(this as object, prototype, { _getRelevantDocuments: inRun });
        patchEmbeddingsOf(this);
        const signal = abortSignalOf(args[1]);
        const holder: RunHolder = { kind: "retriever", subject: this as object, signal };
        return context.with(withHolder(context.active(), holder), () => original.apply(this, args));
      },
  );
}

// --- internal ---

/** LangChain reports what the tool's function throws, and not what it finds wrong with its result. */
function failing(holder: RunHolder): (error: unknown) => never {
  return (error) => {
    holder.run?.fail(error);
    throw error;
  };
}

/** Both are called with what they work on and with their run's manager. */
const inRun: Replacement = (original) =>
  function (this: unknown, ...args: unknown[]) {
    const run = runOf(args[1]);
    if (run === undefined) return original.apply(this, args);
    const made = context.with(run.context, () => original.apply(this, args));
    return made instanceof Promise
      ? made.then((result: unknown) => bindGenerator(result, run.context, {}))
      : bindGenerator(made, run.context, {});
  };

function runOf(runManager: unknown): OpenRun | undefined {
  const { runId } = fields(runManager);
  return typeof runId === "string" ? attachments().current?.run(runId) : undefined;
}
