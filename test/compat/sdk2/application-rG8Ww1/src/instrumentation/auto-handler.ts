import {
  CALLBACK_SETTINGS,
  type CallbackMethods,
  callbackMethods,
  GRAPH_HANDLER,
} from "../langchain/callbacks.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";

/** A handler of LangChain's by shape: nothing in LangChain asks for the class, of which two copies may be loaded. */
export type AutoHandler = typeof CALLBACK_SETTINGS &
  CallbackMethods & {
    copy(): AutoHandler;
    readonly lc_serializable: false;
    readonly [mark: symbol]: true;
  };

const made = new WeakMap<RunTracer, AutoHandler>();

/** The handler that joins the application's own callbacks and drives a tracer. */
export function autoHandler(tracer: RunTracer): AutoHandler {
  const known = made.get(tracer);
  if (known !== undefined) return known;
  const handler: AutoHandler = {
    ...CALLBACK_SETTINGS,
    ...callbackMethods(tracer),
    [GRAPH_HANDLER]: true,
    lc_serializable: false,
    copy: () => handler,
  };
  made.set(tracer, handler);
  return handler;
}
