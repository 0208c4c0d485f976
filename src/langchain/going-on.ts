import { type Context, context } from "@opentelemetry/api";

import type { OpenRun } from "./open-run.ts";
import { field, text } from "./read.ts";
import { runOf } from "./run-context.ts";
import { runRegistry } from "./run-registry.ts";

/**
 * Where what is done now belongs: the active context, or that of the run of LangChain's that is going on. A handler alone
 * is told of runs and cannot make their context the active one, but LangChain itself knows in which one it is.
 */
export function contextHere(): Context {
  const active = context.active();
  const above = runGoingOn();
  return above === undefined || isWithin(runOf(active) as OpenRun | undefined, above)
    ? active
    : above.context;
}

// --- internal ---

/** Where LangChain keeps the configuration of the run that is going on; the symbols are those of all its copies. */
const STORAGE = Symbol.for("ls:tracing_async_local_storage");
const CONFIG = Symbol.for("lc:child_config");

function runGoingOn(): OpenRun | undefined {
  const storage = field(globalThis, STORAGE);
  const getStore = field(storage, "getStore");
  if (typeof getStore !== "function") return undefined;
  const config = field(field(getStore.call(storage), "extra"), CONFIG);
  const id = text(field(field(config, "callbacks"), "_parentRunId"));
  return id === undefined ? undefined : (runRegistry().get(id) as OpenRun | undefined);
}

/** A run without a span is where the next one above it is. */
function isWithin(run: OpenRun | undefined, above: OpenRun): boolean {
  for (let each = run; each !== undefined; each = each.parent)
    if (each === above || each === above.owner) return true;
  return false;
}
