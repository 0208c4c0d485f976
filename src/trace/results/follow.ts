import { field } from "../../langchain/read.ts";
import { followEventStream, followNodeStream, isEventStream, isNodeStream } from "./emitter.ts";
import { followIterable, followIterator, isIterator } from "./iterator.ts";
import { followPromise, isThenable } from "./promise.ts";
import { type Watch, whenForgotten } from "./watch.ts";
import { followWebStream, isWebStream } from "./web-stream.ts";

/** Where the stream is in what a call returned, when it is not the whole. */
export type StreamIn = (value: object) => unknown;

/**
 * Follows what a call returned to its end: a promise to its settling, a stream or an iterator to its last value, whoever
 * reads it and when; anything else has ended already.
 *
 * @returns what the application gets: the same, or where that cannot be followed one that does the same
 */
export function followResult(made: unknown, watch: Watch, streamIn?: StreamIn): unknown {
  if (!isThenable(made)) return followValue(made, watch, streamIn);
  let given: { readonly value: unknown } | undefined;
  let isSettled = false;
  const followed = followPromise(made, {
    inside: watch.inside,
    fulfilled: (value) => {
      isSettled = true;
      return (given ??= { value: followValue(value, watch, streamIn) }).value;
    },
    rejected: (error) => watch.failed(error),
    answered: () => watch.done(),
  });
  // Nobody has asked it, and nobody can any more. What it has given may live on.
  if (followed === made)
    whenForgotten(made, { ...watch, forgotten: () => isSettled || watch.forgotten() });
  return followed;
}

// --- internal ---

function followValue(value: unknown, watch: Watch, streamIn: StreamIn | undefined): unknown {
  if (typeof value !== "object" || value === null) {
    watch.done(value);
    return value;
  }
  const inner = streamIn?.(value);
  if (typeof inner === "object" && inner !== null) {
    if (!followInPlace(inner, watch)) watch.done(value);
    return value;
  }
  if (isWebStream(value)) return followWebStream(value, watch);
  if (!followInPlace(value, watch)) watch.done(value);
  return value;
}

function followInPlace(value: object, watch: Watch): boolean {
  if (isNodeStream(value)) return followNodeStream(value, watch);
  if (isEventStream(value)) return followEventStream(value, watch);
  if (isIterator(value)) return followIterator(value, watch);
  if (typeof field(value, Symbol.asyncIterator) === "function") return followIterable(value, watch);
  return false;
}
