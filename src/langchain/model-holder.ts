import { type Context, createContextKey } from "@opentelemetry/api";

import type { ModelRun } from "./model-run.ts";

/**
 * Set in the context round one call of a model's machinery by the instrumentation. The start callback, which LangChain
 * calls somewhere below, finds the model in it and leaves its run: some of the model's methods are called without
 * being told for which run.
 */
export interface ModelHolder {
  readonly model: object;
  run?: ModelRun | undefined;
}

const KEY = createContextKey("langchain-otel model holder");

export function withHolder(context: Context, holder: ModelHolder): Context {
  return context.setValue(KEY, holder);
}

/** What a run does inside is not the machinery's any more: a model called there is another call. */
export function withoutHolder(context: Context): Context {
  return context.deleteValue(KEY);
}

export function holderOf(context: Context): ModelHolder | undefined {
  return context.getValue(KEY) as ModelHolder | undefined;
}
