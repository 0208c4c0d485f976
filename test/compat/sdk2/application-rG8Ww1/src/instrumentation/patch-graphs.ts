import { abortSignalOf } from "../langchain/abort-signal.ts";
import { fields } from "../langchain/read.ts";
import type { RunHolder } from "../langchain/run-holder.ts";
import { attachments } from "./attachments.ts";
import { ownedStream } from "./owned-stream.ts";
import { patchSaver, patchStore } from "./patch-persistence.ts";
import { replaceMethod, replaceOverrides, type Replacement } from "./replace-method.ts";

/**
 * Lets what a graph does beside its nodes, which is to read and write its state, find the graph's run. All graphs are
 * runnables and stream through `Runnable.stream`, invoked ones too: LangGraph itself need not be found or loaded.
 */
export function patchGraphs(runnable: { readonly prototype: object }): void {
  const { prototype } = runnable;
  replaceMethod(
    prototype,
    "stream",
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (attachments().current === undefined || fields(this)["lg_is_pregel"] !== true)
          return original.apply(this, args);
        replaceOverrides(this as object, prototype, { _streamIterator: asGraph });
        return whileStreaming(this, () => original.apply(this, args));
      },
  );
}

// --- internal ---

/** The graph whose `stream` is being called. */
let streamed: unknown;

function whileStreaming<T>(graph: unknown, fn: () => T): T {
  streamed = graph;
  try {
    return fn();
  } finally {
    streamed = undefined;
  }
}

const asGraph: Replacement = (original) =>
  function (this: unknown, ...args: unknown[]) {
    const tracer = attachments().current;
    if (tracer === undefined) return original.apply(this, args);
    tracer.guard.run("attaching to a graph's checkpointer and store", () => {
      const [graph, options] = [fields(this), fields(args[1])];
      patchSaver(graph["checkpointer"]);
      patchSaver(fields(options["configurable"])["__pregel_checkpointer"]);
      patchStore(graph["store"]);
      patchStore(options["store"]);
    });
    // The graph's own work all begins at the stream's first step, and goes on in that step's context.
    const signal = abortSignalOf(args[1]);
    const holder: RunHolder = { kind: "chain", subject: this as object, signal };
    // By its own `stream`, which reads on whether or not anybody reads that; as a step of a sequence, it waits.
    const isPumped = streamed === this;
    streamed = undefined;
    return ownedStream(original.apply(this, args), holder, { isPumped });
  };
