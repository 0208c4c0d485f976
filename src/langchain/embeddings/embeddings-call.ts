import { type Context, context, createContextKey } from "@opentelemetry/api";

import { type Fields, fields } from "../read.ts";
import type { RunTracer } from "../run-tracer.ts";
import { type EmbeddingsRun, startEmbeddings } from "./embeddings-run.ts";
import type { EmbeddingsFamily } from "./family.ts";
import { embeddingsRequest, familyOf } from "./index.ts";

/** Any method: the arguments are passed on as they came. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Says what stands for a method of an object: it gets the original and calls it. */
export type Cover = (
  object: object,
  key: string,
  replacement: (original: Method) => Method,
) => void;

/** Whether it embeds, of whoever's making. */
export function isEmbeddings(value: unknown): value is object {
  const { embedDocuments, embedQuery } = fields(value);
  return typeof embedDocuments === "function" && typeof embedQuery === "function";
}

/** Embeddings that an object has inside and hands its work to, such as those behind a cache. */
export function embeddingsInside(embeddings: object): object | undefined {
  return Object.values(embeddings).find((value) => value !== embeddings && isEmbeddings(value));
}

/**
 * Calls `embedDocuments` or `embedQuery` inside a span of its own. What the method does by calling another of the same
 * object is part of the same call.
 *
 * @param cover stands a method before one of the provider's client, through which the answer passes
 */
export function embeddingsCall(
  tracer: RunTracer,
  embeddings: object,
  call: () => unknown,
  cover: Cover,
): unknown {
  if (callOf(context.active())?.embeddings === embeddings) return call();
  const started = tracer.guard.run("starting a request for embeddings", () =>
    start(tracer, embeddings, cover),
  );
  if (started === undefined) return call();
  const { run, inside } = started;
  const failed = (error: unknown): never => {
    run.fail(error);
    throw error;
  };
  let made: unknown;
  try {
    made = context.with(inside, call);
  } catch (error) {
    return failed(error);
  }
  if (isPromise(made)) {
    return made.then((vectors) => {
      run.succeed();
      return vectors;
    }, failed);
  }
  run.succeed();
  return made;
}

/** Stands for a class's method that returns the provider's answer: what it says is noted for the call under way. */
export const noteOfClass: (original: Method) => Method = noting("class");

/** The same for a method of the provider's own client. */
const noteOfClient: (original: Method) => Method = noting("client");

// --- internal ---

/** The call that a context belongs to. */
interface Call {
  readonly embeddings: object;
  /** Whose methods return the answers. */
  readonly answeredBy: "class" | "client";
  note(answer: unknown): void;
}

const KEY = createContextKey("langchain-otel embeddings call");

function callOf(active: Context): Call | undefined {
  return active.getValue(KEY) as Call | undefined;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof fields(value)["then"] === "function";
}

function start(
  tracer: RunTracer,
  embeddings: object,
  cover: Cover,
): { readonly run: EmbeddingsRun; readonly inside: Context } | undefined {
  const family = familyOf(embeddings);
  const run = startEmbeddings(tracer, embeddings, embeddingsRequest(family, embeddings as Fields));
  if (run === undefined) return undefined;
  const own = embeddings as Fields;
  const client = fields(family.client === undefined ? own["client"] : family.client(own));
  for (const method of family.clientMethods ?? []) {
    if (typeof client[method] === "function") cover(client, method, noteOfClient);
  }
  const call: Call = {
    embeddings,
    answeredBy: family.clientMethods === undefined ? "class" : "client",
    note: (answer) => noteAnswer(tracer, run, family, answer),
  };
  return { run, inside: run.context.setValue(KEY, call) };
}

function noting(by: Call["answeredBy"]): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const active = context.active();
      const call = callOf(active);
      if (call?.answeredBy !== by) return original.apply(this, args);
      // What it gets from a method that it stands before, or extends, is the same answer again.
      const below: Call = { ...call, note: () => {} };
      const made = context.with(active.setValue(KEY, below), () => original.apply(this, args));
      if (!isPromise(made)) return made;
      return made.then((answer) => {
        call.note(answer);
        return answer;
      });
    };
}

function noteAnswer(
  { guard }: RunTracer,
  run: EmbeddingsRun,
  { answer: read }: EmbeddingsFamily,
  answer: unknown,
): void {
  guard.run("reading an answer with embeddings", () => {
    if (read !== undefined) run.answered(read(fields(answer)));
  });
}
