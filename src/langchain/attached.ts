import type { RunTracer } from "./run-tracer.ts";

/** Where the instrumentation says who is attached; process-wide, for all copies of this package. */
export const ATTACHMENTS: unique symbol = Symbol.for("langchain-otel.attachments/1");

/** Whose spans are made where nobody has said: those of the instrumentation that was attached first. */
export function attachedTracer(): RunTracer | undefined {
  const shared = globalThis as { [ATTACHMENTS]?: { readonly current: RunTracer | undefined } };
  return shared[ATTACHMENTS]?.current;
}
