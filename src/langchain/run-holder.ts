import { type Context, createContextKey } from "@opentelemetry/api";

import type { OpenRun } from "./open-run.ts";

/**
 * Set in the context by the instrumentation round a call of LangChain's machinery. The start callback, which LangChain
 * calls somewhere below, finds in it the object whose run it is, and leaves the run: some methods are called without
 * being told for which run, and a stream that is left is ended by nobody else.
 */
export interface RunHolder {
  readonly kind: "model" | "tool" | "retriever" | "chain";
  /** The model, tool, retriever or chain. */
  readonly subject: object;
  /** The call's signal, of which the callbacks of all but models are not told. */
  readonly signal?: AbortSignal | undefined;
  run?: OpenRun | undefined;
}

const KEY = createContextKey("langchain-otel run holder");

export function withHolder(context: Context, holder: RunHolder): Context {
  return context.setValue(KEY, holder);
}

/** What a run does inside is not the machinery's any more: a model called there is another call. */
export function withoutHolder(context: Context): Context {
  return context.deleteValue(KEY);
}

/** The holder of a call of this kind that is under way. */
export function holderOf(context: Context, kind: RunHolder["kind"]): RunHolder | undefined {
  const holder = context.getValue(KEY) as RunHolder | undefined;
  return holder?.kind === kind ? holder : undefined;
}
