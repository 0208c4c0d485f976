import type { CallKind } from "../calls/plan.ts";
import type { WrapOptions } from "../options.ts";
import type { Shape } from "../shapes/shape.ts";

/** What is to be traced of an object. */
export interface Wrapping extends WrapOptions {
  readonly kind: CallKind;
  /** Whose client it is. */
  readonly shape: Shape | undefined;
}

/** What a method is to the one who wraps its object: `helper` sends nothing but by another method of the same client. */
export type MethodRole = "traced" | "helper" | "plain";

/** @param path the method's name, after those of the objects that it is inside of */
export function roleOf(path: string, { include, exclude, shape }: Wrapping): MethodRole {
  if (exclude !== undefined && matches(path, exclude)) return "plain";
  if (include !== undefined) return matches(path, include) ? "traced" : "plain";
  if (shape === undefined) return isUsual(path) ? "traced" : "plain";
  if (shape.methods.includes(path)) return "traced";
  return shape.helpers?.includes(path) === true ? "helper" : "plain";
}

/** Whether an object inside may have methods that are traced. */
export function hasInside(path: string, { include = [], shape }: Wrapping): boolean {
  const inside = `${path}.`;
  const named = include.some((each) => typeof each === "string" && each.startsWith(inside));
  return (
    named ||
    [...(shape?.methods ?? []), ...(shape?.helpers ?? [])].some((each) => each.startsWith(inside))
  );
}

/** What sends the calls that a pipeline has gathered. */
export const SENDS: ReadonlySet<string> = new Set([
  "exec",
  "execute",
  "execAsPipeline",
  "execTyped",
  "execWithoutTransaction",
  "commit",
]);

// --- internal ---

function matches(path: string, patterns: readonly (string | RegExp)[]): boolean {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return patterns.some((pattern) =>
    typeof pattern === "string"
      ? pattern === path || pattern === name
      : path.search(pattern) !== -1,
  );
}

/** Those of all objects, and of those that tell of events: they do no work. */
const NO_WORK = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Function.prototype),
  "addEventListener",
  "addListener",
  "dispatchEvent",
  "emit",
  "eventNames",
  "getMaxListeners",
  "listenerCount",
  "listeners",
  "off",
  "on",
  "once",
  "prependListener",
  "prependOnceListener",
  "rawListeners",
  "removeAllListeners",
  "removeEventListener",
  "removeListener",
  "setMaxListeners",
  "then",
  "catch",
  "finally",
  "toJSON",
]);

function isUsual(path: string): boolean {
  return !NO_WORK.has(path) && !path.startsWith("_") && !path.includes(".");
}
