/**
 * The callback handler: pass it as `callbacks: [handler]` and every model call has its span and its metrics.
 *
 * This module runs in browsers and edge workers too: nothing it loads needs Node.
 */
import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

import type { HandlerOptions } from "../options.ts";
import { CALLBACK_SETTINGS, callbackMethods, GRAPH_HANDLER } from "./callbacks.ts";
import { RunTracer } from "./run-tracer.ts";

export type { HandlerOptions } from "../options.ts";

/**
 * Opens a `gen_ai.chat` CLIENT span round each model call and records the GenAI metrics.
 *
 * One handler serves all calls, at once too; make it once. Given twice, or beside `LangChainInstrumentation`, there is
 * still one span per run. It never throws into the application and changes none of its results.
 *
 * @example
 * const handler = new OpenTelemetryCallbackHandler();
 * await model.invoke("Hi", { callbacks: [handler] });
 */
export class OpenTelemetryCallbackHandler extends BaseCallbackHandler {
  override readonly name: string = CALLBACK_SETTINGS.name;

  /** @throws TypeError for an unknown option or a wrong value */
  constructor(options?: HandlerOptions) {
    super();
    Object.assign(this, CALLBACK_SETTINGS, callbackMethods(new RunTracer(options)), {
      [GRAPH_HANDLER]: true,
    });
  }

  /** LangChain copies handlers for child runs; a copy would lose the open runs. */
  override copy(): this {
    return this;
  }
}
