/** Expected the `x` option to be …, got … (type). */
export function badOption(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected the \`${name}\` option to be ${expected}, got ${shown(got)}`);
}

/** A value as an error message shows it: short, and never what an object holds. */
export function shown(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return `${JSON.stringify(value.slice(0, 100))} (string)`;
  if (typeof value === "object") return isArray(value) ? "an array" : "an object";
  if (typeof value === "function") return "a function";
  return value === undefined ? "undefined" : `${String(value)} (${typeof value})`;
}

// --- internal ---

/** A proxy that was revoked throws when it is asked anything at all. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
