import { type Context, context } from "@opentelemetry/api";

/** What to do while a stream passes. Must not throw: that would reach the stream's reader. */
export interface StreamWatch {
  value?(value: unknown): void;
  /** It ended by itself. */
  done?(): void;
  failed?(error: unknown): void;
  /** Its consumer left it before its end. */
  left?(): void;
}

/**
 * A generator whose every step runs in a context: its requests are children of that context's span, whoever reads it
 * and from wherever. What is not a generator is returned as it is.
 */
export function bindGenerator(made: unknown, inside: Context, watch: StreamWatch): unknown {
  if (!isAsyncGenerator(made)) return made;
  let open = true;
  const close = (tell: (() => void) | undefined): void => {
    if (!open) return;
    open = false;
    tell?.();
  };
  const onResult = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done === true) close(watch.done);
    else watch.value?.(result.value);
    return result;
  };
  const onError = (error: unknown): never => {
    close(() => watch.failed?.(error));
    throw error;
  };
  const run = <T>(step: () => T): T => context.with(inside, step);
  const bound = {
    next: (...values: [unknown?]) => run(() => made.next(...values)).then(onResult, onError),
    return: (value: unknown) => {
      const returned = run(() => made.return(value));
      // A consumer that failed reports its error right after it has closed the stream; it knows more.
      return returned.finally(() => void afterMicrotasks(2).then(() => close(watch.left)));
    },
    throw: (error: unknown) => run(() => made.throw(error)).then(onResult, onError),
    [Symbol.asyncIterator]: () => bound,
    [Symbol.asyncDispose]: async () => void (await bound.return(undefined)),
  };
  return bound;
}

/** Whether it is one, of whoever's making. */
export function isAsyncGenerator(
  value: unknown,
): value is AsyncGenerator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const { next, return: end, throw: fail } = value as Record<string, unknown>;
  return (
    typeof next === "function" &&
    typeof end === "function" &&
    typeof fail === "function" &&
    Symbol.asyncIterator in value
  );
}

// --- internal ---

async function afterMicrotasks(count: number): Promise<void> {
  for (let hop = 0; hop < count; hop++) await undefined;
}
