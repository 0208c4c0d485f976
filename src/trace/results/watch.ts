import type { Context } from "@opentelemetry/api";

import { field } from "../../langchain/read.ts";

/** What is told of a result while it passes. Must not throw: that would reach the application. */
export interface Watch {
  /** Where the steps of an iterator run. */
  readonly inside: Context;
  /** What a stream or an iterator gives. */
  value(value: unknown): void;
  /** All is there: the value itself, or what a generator returned. */
  done(result?: unknown): void;
  failed(error: unknown): void;
  /** Whoever read it left it before its end. */
  left(): void;
  /** Nobody can read it any more. */
  forgotten(): void;
}

export type Method = (...args: unknown[]) => unknown;

/**
 * Stands a method of ours before the one that an object has, on the object itself: it stays who it is, with all else
 * that it can do.
 *
 * @param make gets the method, bound to the object
 * @returns `false` where there is no such method, or the object lets nobody change it
 */
export function stand(
  object: object,
  key: PropertyKey,
  make: (original: Method) => Method,
): boolean {
  const original = field(object, key);
  if (typeof original !== "function") return false;
  return Reflect.defineProperty(object, key, {
    configurable: true,
    enumerable: false,
    writable: true,
    value: make(original.bind(object) as Method),
  });
}

/** Has a watch told when the object is garbage. The watch must not hold it. */
export function whenForgotten(object: object, watch: Watch): void {
  forgotten.register(object, watch);
}

// --- internal ---

const forgotten = new FinalizationRegistry<Watch>((watch) => watch.forgotten());
