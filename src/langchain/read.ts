/**
 * Readers for what LangChain and the providers' packages hand over, in whatever version and shape. What is not of the
 * expected type is absent.
 */
export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = Object.freeze({});

/** The value's fields, or none. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : NOTHING;
}

/** A property of an object or a function; none where reading it throws, as a getter or a Proxy may. */
export function field(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null)
    return undefined;
  try {
    return (value as Readonly<Record<PropertyKey, unknown>>)[key];
  } catch {
    return undefined;
  }
}

/** A non-empty string, at most 1,000 characters of it: it becomes an attribute. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 1000) : undefined;
}

/** Any string, however long: for content, which is cut elsewhere. */
export function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A number of tokens: whole and not negative. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A list of strings (one string is a list of one), at most 100. */
export function texts(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value.slice(0, 100) : [value];
  const strings = list.map((item) => text(item)).filter((item) => item !== undefined);
  return strings.length > 0 ? strings : undefined;
}

/** The first that is there. */
export function first<T>(...values: (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}
