/** Whether a value recorded on a span is the one meant. A value of another type than expected never is. */
export type Matches = (value: unknown) => boolean;

export function byEquality(expected: string | number | boolean | RegExp): Matches {
  return isRegExp(expected) ? byRegExp(expected) : (value) => value === expected;
}

export function byPrefix(expected: string | RegExp): Matches {
  if (isRegExp(expected)) return byRegExp(expected);
  return (value) => typeof value === "string" && value.startsWith(expected);
}

export function byPart(expected: string | RegExp): Matches {
  if (isRegExp(expected)) return byRegExp(expected);
  return (value) => typeof value === "string" && value.includes(expected);
}

/** An exception's type: the name itself, or the last part of a qualified name. */
export function byType(expected: string | readonly string[] | RegExp): Matches {
  if (isRegExp(expected)) return byRegExp(expected);
  const names = new Set(typeof expected === "string" ? [expected] : expected);
  return (value) =>
    typeof value === "string" && (names.has(value) || names.has(value.replace(QUALIFIER, "")));
}

/** By tag and not by class: a RegExp of another realm (a `vm` context, as test runners use) is one too. */
export function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === "[object RegExp]";
}

// --- internal ---

/** `.` in Python, Java, Go and .NET, `::` in Rust, C++ and Ruby, `\` in PHP, `/` in package paths. */
const QUALIFIER = /^.*[.:/\\]/s;

function byRegExp(expected: RegExp): Matches {
  const own = new RegExp(expected.source, expected.flags);
  return (value) => {
    // With the flag g or y, `test` goes on where the last match ended.
    own.lastIndex = 0;
    return typeof value === "string" && own.test(value);
  };
}
