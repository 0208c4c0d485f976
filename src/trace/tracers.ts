import type { TracerProvider } from "@opentelemetry/api";

import { attachedTracer } from "../langchain/attached.ts";
import { runRegistry } from "../langchain/run-registry.ts";
import { RunTracer } from "../langchain/run-tracer.ts";
import { isRegistered } from "../telemetry/api-globals.ts";
import { beforeSpan } from "../telemetry/before-span.ts";

/** Whose spans are made: those of the instrumentation that is attached, else those that the environment's options ask for. */
export function tracerHere(): RunTracer {
  return attachedTracer() ?? tracerFor(undefined);
}

/**
 * Whether all that could be told would be lost: no instrumentation is attached, no handler has a run, no SDK has been
 * started, and nothing can know what it runs inside of.
 */
export function isNobodyThere(): boolean {
  if (attachedTracer() !== undefined || runRegistry().size > 0) return false;
  beforeSpan();
  return !isRegistered("trace") && !isRegistered("metrics") && !isRegistered("context");
}

/** Made once for each provider: a span is opened for each call. */
export function tracerFor(tracerProvider: TracerProvider | undefined): RunTracer {
  const key = tracerProvider ?? GLOBAL;
  const known = tracers.get(key);
  if (known !== undefined) return known;
  const made = new RunTracer({ tracerProvider });
  tracers.set(key, made);
  return made;
}

// --- internal ---

const tracers = new WeakMap<object, RunTracer>();
const GLOBAL: object = {};
