/** What an object says about itself, as JSON would have it, without what JSON cannot say. Reads no members. */
export type Shape =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "bytes"; readonly length: number }
  | { readonly is: "list"; readonly items: Iterable<unknown> }
  | { readonly is: "members"; readonly entries: Iterable<readonly [string, unknown]> };

/** @throws what the object throws when it is asked */
export function shapeOf(object: object): Shape {
  if (Array.isArray(object)) return { is: "list", items: object as readonly unknown[] };
  if (ArrayBuffer.isView(object)) return { is: "bytes", length: object.byteLength };
  switch (Object.prototype.toString.call(object)) {
    case "[object ArrayBuffer]":
    case "[object SharedArrayBuffer]":
      return { is: "bytes", length: (object as ArrayBuffer).byteLength };
    case "[object Map]":
      return { is: "members", entries: namesOf(object as ReadonlyMap<unknown, unknown>) };
    case "[object Set]":
      return { is: "list", items: object as ReadonlySet<unknown> };
    case "[object Date]":
      return { is: "text", text: dateText(object as Date) };
    case "[object RegExp]":
    case "[object URL]":
    case "[object URLSearchParams]":
      return { is: "text", text: String(object) };
    case "[object Error]":
      return { is: "members", entries: errorMembers(object as Error) };
    case "[object String]":
    case "[object Number]":
    case "[object Boolean]":
    case "[object BigInt]":
      return { is: "text", text: String(object) };
    default:
      return { is: "members", entries: members(object) };
  }
}

/** The bytes that a list of numbers is, when it is long enough to say something. */
export function bytesIn(list: readonly unknown[]): Uint8Array | undefined {
  if (list.length < 6 || list.length > 1_000_000) return undefined;
  for (const item of list) {
    if (typeof item !== "number" || item < 0 || item > 255 || !Number.isInteger(item))
      return undefined;
  }
  return Uint8Array.from(list as readonly number[]);
}

// --- internal ---

function* members(object: object): Generator<readonly [string, unknown]> {
  for (const name of Object.keys(object)) yield [name, memberOf(object, name)];
}

function memberOf(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
}

/** Stands for what threw when it was read. */
export const UNREADABLE = "[unreadable]";

function* namesOf(map: ReadonlyMap<unknown, unknown>): Generator<readonly [string, unknown]> {
  for (const [key, value] of map) yield [typeof key === "object" ? "[object]" : String(key), value];
}

function* errorMembers(error: Error): Generator<readonly [string, unknown]> {
  for (const name of ["name", "message", "cause"] as const) {
    const value = memberOf(error, name);
    if (value !== undefined) yield [name, value];
  }
  for (const [name, value] of members(error)) {
    if (!["name", "message", "cause"].includes(name)) yield [name, value];
  }
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
