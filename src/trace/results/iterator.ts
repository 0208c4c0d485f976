import { context } from "@opentelemetry/api";

import { abortSignalOf } from "../../langchain/abort-signal.ts";
import { field, fields } from "../../langchain/read.ts";
import { type Method, stand, type Watch, whenForgotten } from "./watch.ts";

/** Whether it is an iterator, and not something that gives one each time it is asked, such as an array. */
export function isIterator(value: object): boolean {
  return (
    typeof field(value, "next") === "function" &&
    (typeof field(value, Symbol.asyncIterator) === "function" ||
      typeof field(value, Symbol.iterator) === "function")
  );
}

/**
 * Follows an iterator or a generator, sync or async, from step to step: each runs in the call's context, whoever reads it
 * and from wherever.
 */
export function followIterator(iterator: object, watch: Watch): boolean {
  let open = true;
  const close = (tell: () => void): void => {
    if (open) tell();
    open = false;
  };
  const passed = (result: unknown): unknown => {
    const { done, value } = fields(result);
    if (done === true) close(() => watch.done(value));
    else if (open) watch.value(value);
    return result;
  };
  const returned = (result: unknown): unknown => {
    if (fields(result)["done"] !== false) close(() => watch.left());
    return result;
  };
  const failed = (error: unknown): never => {
    close(() => watch.failed(error));
    throw error;
  };
  const step =
    (told: (result: unknown) => unknown) =>
    (original: Method): Method =>
    (...args) => {
      let made: unknown;
      try {
        made = context.with(watch.inside, () => original(...args));
      } catch (error) {
        return failed(error);
      }
      return isThenable(made) ? made.then(told, failed) : told(made);
    };
  if (!stand(iterator, "next", step(passed))) return false;
  stand(iterator, "throw", step(passed));
  if (!stand(iterator, "return", step(returned)))
    giveReturn(iterator, () => close(() => watch.left()));
  whenForgotten(iterator, watch);
  return true;
}

/** Follows the first iterator that a stream gives. */
export function followIterable(iterable: object, watch: Watch): boolean {
  let followed = false;
  // OpenAI's and Anthropic's streams have one method that all others read by.
  const key = Object.hasOwn(iterable, "iterator") ? "iterator" : Symbol.asyncIterator;
  const stands = stand(iterable, key, (original) => (...args) => {
    const iterator = context.with(watch.inside, () => original(...args));
    if (followed || typeof iterator !== "object" || iterator === null || iterator === iterable)
      return iterator;
    followed = followIterator(iterator, endedBy(controllerOf(iterable), watch));
    return iterator;
  });
  if (stands) whenForgotten(iterable, watch);
  return stands;
}

// --- internal ---

function controllerOf(stream: object): AbortSignal | undefined {
  return abortSignalOf(field(stream, "controller"));
}

/** OpenAI's and Anthropic's streams end as if all were well when they are aborted. */
function endedBy(signal: AbortSignal | undefined, watch: Watch): Watch {
  if (signal === undefined) return watch;
  return {
    ...watch,
    done: (result) => (signal.aborted ? watch.left() : watch.done(result)),
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof field(value, "then") === "function";
}

/** Some are not told when they are left. */
function giveReturn(iterator: object, left: () => void): void {
  const isAsync = typeof field(iterator, Symbol.asyncIterator) === "function";
  Reflect.defineProperty(iterator, "return", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: (value: unknown) => {
      left();
      const result = { done: true, value };
      return isAsync ? Promise.resolve(result) : result;
    },
  });
}
