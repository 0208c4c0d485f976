import type { Runnable } from "@langchain/core/runnables";

import { field } from "../langchain/read.ts";

/** LangChain's class `Runnable`, where it can be made. */
export type RunnableClass = abstract new () => Runnable;

/**
 * The class `Runnable` of the copy of LangChain that a runnable is made with: the highest of its classes that can be
 * piped. So LangChain is not loaded by who only wants to know a price, and never twice.
 */
export function runnableClassOf(runnable: unknown): RunnableClass | undefined {
  if (field(runnable, "lc_runnable") !== true) return undefined;
  let found: unknown;
  for (
    let proto: unknown = Object.getPrototypeOf(runnable);
    typeof proto === "object" && proto !== null;
    proto = Object.getPrototypeOf(proto)
  ) {
    if (Object.hasOwn(proto, "pipe")) found = field(proto, "constructor");
  }
  return typeof found === "function" ? (found as unknown as RunnableClass) : undefined;
}
