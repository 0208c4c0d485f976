import { context } from "@opentelemetry/api";

import { abortSignalOf } from "../langchain/abort-signal.ts";
import type { ModelRun } from "../langchain/model-run.ts";
import { fields } from "../langchain/read.ts";
import { holderOf, type RunHolder, withHolder } from "../langchain/run-holder.ts";
import { attachments } from "./attachments.ts";
import { directStream, withDirectCall } from "./direct-stream.ts";
import { ownedStream } from "./owned-stream.ts";
import { patchBedrock } from "./patch-bedrock.ts";
import {
  type Method,
  replaceMethod,
  replaceOverrides,
  type Replacement,
} from "./replace-method.ts";
import { runStream } from "./run-stream.ts";

/**
 * Makes what a model does happen in the context of its run: its requests become children of its span, and its streams
 * are seen to their end. `base` is `BaseChatModel` or `BaseLLM`.
 */
export function patchModels(base: { readonly prototype: object }): void {
  const { prototype } = base;
  const inHolder =
    (overrides: typeof OVERRIDES): Replacement =>
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (attachments().current === undefined) return original.apply(this, args);
        replaceOverrides(this as object, prototype, overrides);
        patchBedrock(this as object);
        // Missed by the cache: LangChain has told of the run's start before.
        const started = Array.isArray(args[3]) ? runOf(args[3][0]) : undefined;
        const signal = abortSignalOf(args[1]);
        const holder: RunHolder = { kind: "model", subject: this as object, signal, run: started };
        const called = context.with(withHolder(context.active(), holder), () =>
          original.apply(this, args),
        );
        return ownedStream(called, holder);
      };
  for (const key of ["_generateUncached", "_generateCached", "_streamIterator"]) {
    replaceMethod(prototype, key, inHolder(OVERRIDES));
  }
  // Models without an event stream of their own use the base's.
  replaceMethod(prototype, "_streamChatModelEvents", inEventStream);
  replaceMethod(
    prototype,
    "streamEvents",
    (original) =>
      function (this: unknown, input: unknown, options: unknown, ...rest: unknown[]) {
        if (attachments().current === undefined)
          return original.call(this, input, options, ...rest);
        replaceOverrides(this as object, prototype, OVERRIDES);
        patchBedrock(this as object);
        return withDirectCall(fields(options), () => original.call(this, input, options, ...rest));
      },
  );
}

// --- internal ---

const OVERRIDES: Readonly<Record<string, Replacement>> = {
  _generate: (original) =>
    function (this: unknown, ...args: unknown[]) {
      const run = runOf(args[2]);
      return run === undefined
        ? original.apply(this, args)
        : context.with(run.context, () => original.apply(this, args));
    },
  _streamResponseChunks: (original) =>
    function (this: unknown, ...args: unknown[]) {
      const run = runOf(args[2]) ?? modelRun(holderFor(this));
      if (run === undefined) return original.apply(this, args);
      return runStream(run, call(this, original, args), (chunk) =>
        run.chunkByStream(fields(chunk)["message"]),
      );
    },
  _streamChatModelEvents: inEventStream,
};

function inEventStream(original: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const tracer = attachments().current;
    if (tracer === undefined) return original.apply(this, args);
    const holder = holderFor(this);
    const run = runOf(args[2]) ?? modelRun(holder);
    if (run === undefined && holder !== undefined) return original.apply(this, args);
    if (run === undefined)
      return directStream(tracer, this as object, args[0], args[1], call(this, original, args));
    return runStream(run, call(this, original, args), (event) => run.eventByStream(event));
  };
}

/** The holder of this very model's call, and not of one that a cache or a tool makes inside another's. */
function holderFor(model: unknown): RunHolder | undefined {
  const holder = holderOf(context.active(), "model");
  return holder?.subject === model ? holder : undefined;
}

function modelRun(holder: RunHolder | undefined): ModelRun | undefined {
  return holder?.run?.kind === "model" ? (holder.run as ModelRun) : undefined;
}

function call(self: unknown, original: Method, args: unknown[]): () => unknown {
  return () => original.apply(self, args);
}

function runOf(runManager: unknown): ModelRun | undefined {
  const { runId } = fields(runManager);
  return typeof runId === "string" ? attachments().current?.modelRun(runId) : undefined;
}
