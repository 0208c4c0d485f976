import { fields } from "../langchain/read.ts";
import { insideRun } from "../langchain/run-context.ts";
import type { RunHolder } from "../langchain/run-holder.ts";
import { attachments } from "./attachments.ts";
import { ownedStream } from "./owned-stream.ts";
import { replaceMethod } from "./replace-method.ts";

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
        run.signal ??= signalOf(config);
        return insideRun(run, () => original.call(this, config, ...rest));
      },
  );
}

/** Streams of chains, which are left without a callback. */
export function patchChainStreams(base: { readonly prototype: object }): void {
  for (const key of ["_streamIterator", "_transformStreamWithConfig"]) {
    replaceMethod(
      base.prototype,
      key,
      (original) =>
        function (this: unknown, ...args: unknown[]) {
          const made = original.apply(this, args);
          if (attachments().current === undefined) return made;
          const holder: RunHolder = { kind: "chain", subject: this as object };
          return ownedStream(made, holder);
        },
    );
  }
}

// --- internal ---

function parentRunIdOf(config: unknown): string | undefined {
  const manager = fields(fields(config)["callbacks"]);
  const ask = manager["getParentRunId"];
  const id: unknown = typeof ask === "function" ? ask.call(manager) : undefined;
  return typeof id === "string" ? id : undefined;
}

function signalOf(config: unknown): AbortSignal | undefined {
  const { signal } = fields(config);
  return typeof fields(signal)["aborted"] === "boolean" ? (signal as AbortSignal) : undefined;
}
