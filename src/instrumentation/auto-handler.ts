import {
  CALLBACK_SETTINGS,
  type CallbackMethods,
  callbackMethods,
} from "../langchain/callbacks.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { attachments } from "./attachments.ts";

/** A handler of LangChain's by shape: nothing in LangChain asks for the class, of which two copies may be loaded. */
export type AutoHandler = typeof CALLBACK_SETTINGS &
  CallbackMethods & { copy(): AutoHandler; readonly lc_serializable: false };

const made = new WeakMap<RunTracer, AutoHandler>();

/** The handler that joins the application's own callbacks while an instrumentation is attached. */
export function autoHandler(): AutoHandler {
  const tracer = attachments().current;
  if (tracer === undefined) throw new Error("no instrumentation is attached");
  let handler = made.get(tracer);
  if (handler === undefined) {
    handler = handlerOf(tracer);
    made.set(tracer, handler);
  }
  return handler;
}

// --- internal ---

function handlerOf(tracer: RunTracer): AutoHandler {
  const handler: AutoHandler = {
    ...CALLBACK_SETTINGS,
    ...callbackMethods(tracer),
    lc_serializable: false,
    copy: () => handler,
  };
  return handler;
}
