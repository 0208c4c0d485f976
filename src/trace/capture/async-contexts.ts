import { AsyncLocalStorage } from "node:async_hooks";

import { type Context, context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";

import { isRegistered } from "../../telemetry/api-globals.ts";

/**
 * Makes `context.active()` follow asynchronous work, as an SDK's context manager does, as long as somebody needs that.
 * Where there is one already nothing is done.
 *
 * @returns when it is no longer needed. One that an SDK has found when it was started stays: that SDK relies on it.
 */
export function followAsyncWork(): () => void {
  users += 1;
  if (!isRegistered("context")) context.setGlobalContextManager(new AsyncContexts());
  return () => {
    users -= 1;
    if (users === 0 && !isRegistered("trace") && isOurs()) context.disable();
  };
}

// --- internal ---

let users = 0;

/** Process-wide, because two copies of this package may be loaded. */
const MARK = Symbol.for("langchain-otel.contexts/1");

class AsyncContexts implements ContextManager {
  readonly [MARK] = true;
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    inside: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(inside, () => fn.call(thisArg, ...args));
  }

  bind<T>(inside: Context, target: T): T {
    if (typeof target !== "function") return target;
    const storage = this.#storage;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return storage.run(inside, () => Reflect.apply(target, this, args));
    };
    Object.defineProperty(bound, "length", { value: target.length, configurable: true });
    return bound as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

/** Somebody may have taken ours away and put in another. */
function isOurs(): boolean {
  const record = (globalThis as Record<symbol, { readonly context?: object } | undefined>)[
    Symbol.for("opentelemetry.js.api.1")
  ];
  return record?.context !== undefined && MARK in record.context;
}
