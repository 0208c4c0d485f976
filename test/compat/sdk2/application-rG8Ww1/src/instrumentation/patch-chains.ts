import { abortSignalOf } from "../langchain/abort-signal.ts";
import { fields } from "../langchain/read.ts";
import { insideRun } from "../langchain/run-context.ts";
import type { RunHolder } from "../langchain/run-holder.ts";
import { attachments } from "./attachments.ts";
import { ownedStream } from "./owned-stream.ts";
import { patchStore } from "./patch-persistence.ts";
import { replaceMethod, type Replacement } from "./replace-method.ts";

/**
 * What a tool's function, a lambda, a graph's node or a task does happens in the context of its run: they all enter
 * through `runWithConfig`, of whose callback manager the run is the parent.
 */
export function patchRunWithConfig(provider: object): void {
  replaceMethod(
    Object.getPrototypeOf(provider) as object,
    "runWithConfig",
    (original) =>
      function (this: unknown, config: unknown, ...rest: unknown[]) {
        const run = attachments().current?.run(parentRunIdOf(config));
        if (run === undefined) return original.call(this, config, ...rest);
        // The callbacks of chains are not told of the signal, without which a reason of the user's is any error.
        run.abortableBy(abortSignalOf(config));
        patchStore(fields(config)["store"]);
        return insideRun(run, () => original.call(this, config, ...rest));
      },
  );
}

/** Streams of chains, which are left without a callback. */
export function patchChainStreams(base: { readonly prototype: object }): void {
  const { prototype } = base;
  replaceMethod(prototype, "_streamIterator", owning(1));
  replaceMethod(prototype, "_transformStreamWithConfig", owning(2));
}

// --- internal ---

/** @param options which argument has the call's options */
function owning(options: number): Replacement {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const made = original.apply(this, args);
      if (attachments().current === undefined) return made;
      const signal = abortSignalOf(args[options]);
      const holder: RunHolder = { kind: "chain", subject: this as object, signal };
      return ownedStream(made, holder);
    };
}

function parentRunIdOf(config: unknown): string | undefined {
  const manager = fields(fields(config)["callbacks"]);
  const ask = manager["getParentRunId"];
  const id: unknown = typeof ask === "function" ? ask.call(manager) : undefined;
  return typeof id === "string" ? id : undefined;
}
