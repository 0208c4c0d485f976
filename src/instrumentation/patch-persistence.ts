import { type Context, context } from "@opentelemetry/api";

import { fields, number, text } from "../langchain/read.ts";
import { runOf } from "../langchain/run-context.ts";
import { holderOf } from "../langchain/run-holder.ts";
import { unreportedRun } from "../langchain/unreported-run.ts";
import type { CheckpointRequest, MemoryRequest, RunEnd } from "../operation.ts";
import { attachments } from "./attachments.ts";
import { patchEmbeddingsOf } from "./patch-embeddings.ts";
import { replaceOverrides, type Replacement } from "./replace-method.ts";

/** Gives a checkpointer's reads and writes a span each, while they are a running graph's. */
export function patchSaver(saver: unknown): void {
  if (isObject(saver)) replaceOverrides(saver, Object.prototype, SAVER);
}

/** Does so for a store, and for the store that LangGraph lends to nodes and tools, which collects what they ask for. */
export function patchStore(store: unknown): void {
  if (!isObject(store)) return;
  replaceOverrides(store, Object.prototype, STORE);
  // With a vector index, in memory and in databases.
  const { _indexConfig: inMemory, indexConfig } = fields(store);
  for (const index of [inMemory, indexConfig]) patchEmbeddingsOf(index);
  // Of the lent one: whose it is.
  if ("enqueueOperation" in store) patchStore(fields(store)["store"]);
}

// --- internal ---

type Request = CheckpointRequest | MemoryRequest;

const SAVER: Readonly<Record<string, Replacement>> = {
  getTuple: traced(() => ({ kind: "checkpoint", operation: "get" })),
  put: traced((_config, _checkpoint, metadata) => ({
    kind: "checkpoint",
    operation: "put",
    step: number(fields(metadata)["step"]),
  })),
  putWrites: traced((_config, writes) => ({
    kind: "checkpoint",
    operation: "put",
    writes: Array.isArray(writes) ? writes.length : undefined,
  })),
};

const STORE: Readonly<Record<string, Replacement>> = {
  get: traced(
    (namespace, key) => memory("search_memory", namespace, key),
    (item) => ({ records: isObject(item) ? 1 : 0 }),
  ),
  search: traced(
    (namespace) => memory("search_memory", namespace),
    (items) => (Array.isArray(items) ? { records: items.length } : {}),
  ),
  // To put nothing is to delete.
  put: traced((namespace, key, value) => ({
    ...memory(value === null ? "delete_memory" : "upsert_memory", namespace, key),
    recordCount: 1,
  })),
  delete: traced((namespace, key) => ({
    ...memory("delete_memory", namespace, key),
    recordCount: 1,
  })),
  enqueueOperation: (original) =>
    function (this: unknown, ...args: unknown[]) {
      const [operation] = args;
      if (isObject(operation)) askedIn.set(operation, context.active());
      return original.apply(this, args);
    },
  batch: (original) =>
    function (this: unknown, ...args: unknown[]) {
      const inside = firstContext(args[0]);
      return inside === undefined
        ? original.apply(this, args)
        : context.with(inside, () => original.apply(this, args));
    },
};

/**
 * Where an operation was asked for. The lent store passes what has come together on at once, from nowhere in particular:
 * the request for all of them is the first one's.
 */
const askedIn = new WeakMap<object, Context>();

function firstContext(operations: unknown): Context | undefined {
  const first: unknown = Array.isArray(operations) ? operations[0] : undefined;
  return isObject(first) ? askedIn.get(first) : undefined;
}

function memory(
  operation: MemoryRequest["operation"],
  namespace: unknown,
  key?: unknown,
): MemoryRequest {
  return {
    kind: "memory",
    operation,
    storeId: Array.isArray(namespace) ? text(namespace.join("/")) : undefined,
    recordId: text(key),
  };
}

function traced(
  requestOf: (...args: unknown[]) => Request,
  endOf: (result: unknown) => Partial<RunEnd> = () => ({}),
): Replacement {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const tracer = attachments().current;
      const parent = graphContext();
      const run =
        parent &&
        tracer?.guard.run("starting an operation of a store", () =>
          unreportedRun(tracer, requestOf(...args), parent),
        );
      if (run === undefined) return original.apply(this, args);
      try {
        const made = context.with(run.context, () => original.apply(this, args));
        if (!(made instanceof Promise)) {
          run.succeed(() => endOf(made));
          return made;
        }
        return made.then(
          (result: unknown) => {
            run.succeed(() => endOf(result));
            return result;
          },
          (error: unknown) => {
            run.fail(error);
            throw error;
          },
        );
      } catch (error) {
        run.fail(error);
        throw error;
      }
    };
}

/** Where a running graph does something: beside its nodes or inside of one. None inside another such operation. */
function graphContext(): Context | undefined {
  const active = context.active();
  const graph = holderOf(active, "chain")?.run;
  if (graph !== undefined) return graph.context;
  const inside = runOf(active)?.kind;
  return inside === undefined || inside === "checkpoint" || inside === "memory"
    ? undefined
    : active;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
