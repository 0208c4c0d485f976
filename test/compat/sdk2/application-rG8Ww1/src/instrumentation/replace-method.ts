import { attachments } from "./attachments.ts";

/** Any method of LangChain's: the arguments are passed on as they came. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Says what stands for a method: it gets the original and calls it, whatever else it does. */
export type Replacement = (original: Method) => Method;

const REPLACES = Symbol.for("langchain-otel.replaces");

/**
 * Replaces an object's own method, once; name, length and property attributes stay. An object that has no such method
 * of its own is left alone.
 */
export function replaceMethod(owner: object, key: string, replacement: Replacement): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  const original: unknown = descriptor?.value;
  if (descriptor?.configurable !== true || typeof original !== "function" || REPLACES in original)
    return;
  const method = replacement(original as Method);
  for (const property of ["name", "length"]) {
    Object.defineProperty(method, property, {
      value: (original as unknown as Record<string, unknown>)[property],
      configurable: true,
    });
  }
  Object.defineProperty(method, REPLACES, { value: original });
  Object.defineProperty(owner, key, { ...descriptor, value: method });
  attachments().remember({
    owner: new WeakRef(owner),
    key,
    original: descriptor,
    replacement: method,
  });
}

/** Gives an object a method of its own that stands before the one it inherits, until we are detached; once. */
export function coverMethod(object: object, key: string, replacement: Replacement): void {
  if (Object.hasOwn(object, key)) return replaceMethod(object, key, replacement);
  const original = (object as Record<string, unknown>)[key];
  if (typeof original !== "function" || REPLACES in original || !Object.isExtensible(object))
    return;
  const method = replacement(original as Method);
  Object.defineProperty(method, REPLACES, { value: original });
  Object.defineProperty(object, key, {
    value: method,
    configurable: true,
    writable: true,
    enumerable: false,
  });
  attachments().remember({
    owner: new WeakRef(object),
    key,
    original: undefined,
    replacement: method,
  });
}

/** Lets us see who asks for a property that an object inherits as a getter, until we are detached; once. */
export function coverGetter(owner: object, key: string, seen: (asking: object) => void): void {
  if (Object.hasOwn(owner, key)) return;
  const parent = Object.getPrototypeOf(owner) as object;
  const get = function (this: object): unknown {
    seen(this);
    return Reflect.get(parent, key, this) as unknown;
  };
  Object.defineProperty(owner, key, { get, configurable: true, enumerable: false });
  attachments().remember({
    owner: new WeakRef(owner),
    key,
    original: undefined,
    replacement: get,
  });
}

/**
 * Replaces the methods wherever they stand between an object and a base class: LangChain calls what the subclass has
 * overridden, and compares with the base's own to see whether it has, so the base's stay.
 */
export function replaceOverrides(
  object: object,
  base: object,
  table: Readonly<Record<string, Replacement>>,
): void {
  const { seen } = attachments();
  let owner: object | null = object;
  while (owner !== null && owner !== base && owner !== Object.prototype) {
    if (!seen.has(owner)) {
      for (const [key, replacement] of Object.entries(table))
        replaceMethod(owner, key, replacement);
      // An object's own methods may be set at any time (a test's spy), a class's are there from the start.
      if (owner !== object) seen.add(owner);
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
}
