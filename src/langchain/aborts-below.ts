import { type Context, createContextKey } from "@opentelemetry/api";

import { isReasonOf } from "./ending.ts";

/** What a signal can abort. */
export interface Abortable {
  readonly isOpen: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Which signal can have aborted what is below: whoever is above is often not told of the signal, and may fail with its
 * reason before what is below does.
 */
export class AbortsBelow {
  readonly #above: AbortsBelow | undefined;
  #last: Abortable | undefined;

  constructor(above?: AbortsBelow) {
    this.#above = above;
  }

  add(abortable: Abortable): void {
    this.#last = abortable;
    this.#above?.add(abortable);
  }

  /** Of a run that has ended, and may have been handled, the signal tells only of its very own reason. */
  signalFor(error: unknown): AbortSignal | undefined {
    const { isOpen, signal } = this.#last ?? {};
    return isOpen === true || isReasonOf(signal, error) ? signal : undefined;
  }
}

const KEY = createContextKey("langchain-otel aborts below");

/** For what has a span and is no run: all runs that start in the context tell it of their signals. */
export function withAborts(context: Context, aborts: AbortsBelow): Context {
  return context.setValue(KEY, aborts);
}

export function abortsOf(context: Context): AbortsBelow | undefined {
  return context.getValue(KEY) as AbortsBelow | undefined;
}
