import { type Context, context as otelContext, createContextKey } from "@opentelemetry/api";

import type { Run } from "./run-registry.ts";

const KEY = createContextKey("langchain-otel run");

/** Marks a context as a run's own: its span is the active one, or a span that the application has opened below it. */
export function withRun(context: Context, run: Run): Context {
  return context.setValue(KEY, run);
}

/** The run whose context it is. */
export function runOf(context: Context): Run | undefined {
  return context.getValue(KEY) as Run | undefined;
}

/**
 * Where a run starts: in the active context when that is its parent's (a span that the application has opened inside
 * the parent stays the parent), else in the parent's, else, of a parent that nobody knows, in the active one.
 */
export function contextBelow(parent: Run | undefined): Context {
  const active = otelContext.active();
  return parent === undefined || runOf(active) === parent.owner ? active : parent.context;
}

/** Runs `fn` in a run's context, unless it is in there already. */
export function insideRun<T>(run: Run, fn: () => T): T {
  return runOf(otelContext.active()) === run.owner ? fn() : otelContext.with(run.context, fn);
}
