import { context, type Context } from "@opentelemetry/api";

import { field, fields } from "../../langchain/read.ts";
import { type Method, stand } from "./watch.ts";

/** Told how a promise was settled. */
export interface Settling {
  /** Where the work of promises runs that begin it only when they are asked. */
  readonly inside: Context;
  /** @returns what the promise gives instead */
  fulfilled(value: unknown): unknown;
  rejected(error: unknown): void;
  /** It gave something that says nothing of the value, such as the whole HTTP response. */
  answered(): void;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof field(value, "then") === "function";
}

/**
 * A promise that settles in the same way, unhandled where that one would be. Of a promise that can do more than others
 * it is the same: it is asked by nobody but the application, since some begin to work, or read what can be read once,
 * when they are asked.
 */
export function followPromise(promise: PromiseLike<unknown>, settling: Settling): unknown {
  if (isPlain(promise)) return followed(promise, settling);
  let isParsed = false;
  // OpenAI's and Anthropic's `then`, `catch`, `finally` and `withResponse` all go by `parse`.
  const parses = stand(promise, "parse", (parse) =>
    once(() => {
      isParsed = true;
      return followed(parse(), settling);
    }),
  );
  if (!parses) stand(promise, "then", (then) => asked(then, settling));
  stand(promise, "_thenUnwrap", (unwrap) => (transform) => {
    const next = unwrap(transform);
    return isThenable(next) ? followPromise(next, settling) : next;
  });
  for (const key of ["asResponse", "withRawResponse"])
    stand(promise, key, (ask) => () => answered(ask(), settling, () => isParsed));
  return promise;
}

// --- internal ---

function isPlain(promise: object): promise is Promise<unknown> {
  return promise instanceof Promise && Object.getPrototypeOf(promise) === Promise.prototype;
}

function followed(promise: unknown, settling: Settling): unknown {
  return (promise as Promise<unknown>).then(
    (value) => settling.fulfilled(value),
    (error: unknown) => {
      settling.rejected(error);
      throw error;
    },
  );
}

function once(make: () => unknown): Method {
  let made: { readonly value: unknown } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What hears of the value keeps the context in which it asked. */
function asked(then: Method, settling: Settling): Method {
  return (onValue, onError) => {
    const active = context.active();
    const kept = (listener: unknown): Method | undefined =>
      typeof listener === "function" ? context.bind(active, listener as Method) : undefined;
    const [value, error] = [kept(onValue), kept(onError)];
    const onFulfilled = (got: unknown): unknown => {
      const given = settling.fulfilled(got);
      return value === undefined ? given : value(given);
    };
    const onRejected = (fault: unknown): unknown => {
      settling.rejected(fault);
      if (error === undefined) throw fault;
      return error(fault);
    };
    return context.with(settling.inside, () => then(onFulfilled, onRejected));
  };
}

/** Fern's promises give the value beside the response. Where somebody has asked for the value too, that says more. */
function answered(made: unknown, settling: Settling, isParsed: () => boolean): unknown {
  if (!isThenable(made)) return made;
  return made.then(
    (answer) => {
      const { data } = fields(answer);
      if (data !== undefined) settling.fulfilled(data);
      else if (!isParsed()) settling.answered();
      return answer;
    },
    (error: unknown) => {
      settling.rejected(error);
      throw error;
    },
  );
}
