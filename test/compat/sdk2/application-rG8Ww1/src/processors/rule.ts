import { badOption } from "../options.ts";
import { byEquality, byPart, byPrefix, byType, isRegExp, type Matches } from "./pattern.ts";

/**
 * Says which exceptions are control flow and not failures. An exception is benign when every condition of one rule
 * holds for it; a span is downgraded when all its exceptions are benign.
 *
 * The fewer conditions, the more is hidden: an error name that others use too needs a path (`spanName`, `scope`,
 * `attributes`) or a message beside it.
 */
export interface BenignErrorRule {
  /** Tells the rule apart in the metric `langchain.spans.downgraded`. Unique. */
  readonly name: string;
  /** What the span's name starts with, or a RegExp for it. @default any span */
  readonly spanName?: string | RegExp | undefined;
  /** Name of the tracer (instrumentation scope) that made the span, or a RegExp for it. @default any tracer */
  readonly scope?: string | RegExp | undefined;
  /** Attributes the span must have: this very value, or a string that the RegExp finds. @default none */
  readonly attributes?: Readonly<Record<string, string | number | boolean | RegExp>> | undefined;
  /**
   * The exception's type, one of several, or a RegExp for it. A bare name also matches a qualified one by its last
   * part: `QueueShutDown` is `culsans.QueueShutDown` (separators `.`, `:`, `/` and `\`). A qualified name matches only
   * itself, and a RegExp sees the type as it was recorded.
   *
   * OpenTelemetry's `recordException` takes an error's `code` for its type when it has one: a `DOMException` named
   * AbortError is recorded as `20`.
   */
  readonly exceptionType: string | readonly string[] | RegExp;
  /** What the exception's message contains, or a RegExp for it. @default any message, or none */
  readonly exceptionMessage?: string | RegExp | undefined;
}

/** Where an exception was recorded: what a rule looks at beside the exception. */
export interface ExceptionPath {
  readonly name: string;
  readonly instrumentationScope: { readonly name: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A rule that was checked, as a function. */
export interface CompiledRule {
  readonly name: string;
  readonly matches: (path: ExceptionPath, type: unknown, message: unknown) => boolean;
}

/**
 * Checks a rule and compiles it. It is copied: a later change of the object, or the state (`lastIndex`) that a RegExp
 * with the flag g or y keeps, changes nothing.
 * @param where the rule's place in the options, for error messages, such as `rules[0]`
 * @throws TypeError when a field is missing, unknown or of a wrong type
 */
export function compileRule(rule: BenignErrorRule, where: string): CompiledRule {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) {
    throw badOption(where, "a rule, { name, exceptionType, … }", rule);
  }
  // A misspelt condition would be no condition, and the rule would hide more than was meant.
  const unknown = Object.keys(rule).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new TypeError(
      `There is no field \`${unknown}\` in a rule (\`${where}\`). The fields are ${FIELDS.join(", ")}`,
    );
  }
  const { name, exceptionType, exceptionMessage, spanName, scope, attributes } = rule;
  if (!isText(name)) throw badOption(`${where}.name`, "a non-empty string", name);

  const ofSpan = pattern(spanName, `${where}.spanName`, byPrefix);
  const ofScope = pattern(scope, `${where}.scope`, byEquality);
  const ofAttributes = attributePatterns(attributes, `${where}.attributes`);
  const ofType = typePattern(exceptionType, `${where}.exceptionType`);
  const ofMessage = pattern(exceptionMessage, `${where}.exceptionMessage`, byPart);
  return {
    name,
    matches: (path, type, message) =>
      ofType(type) &&
      (ofMessage === undefined || ofMessage(message)) &&
      (ofSpan === undefined || ofSpan(path.name)) &&
      (ofScope === undefined || ofScope(path.instrumentationScope.name)) &&
      ofAttributes.every(([key, holds]) => holds(path.attributes[key])),
  };
}

// --- internal ---

const FIELDS: readonly string[] = [
  "name",
  "spanName",
  "scope",
  "attributes",
  "exceptionType",
  "exceptionMessage",
] satisfies (keyof BenignErrorRule)[];

function pattern(
  value: string | RegExp | undefined,
  where: string,
  make: (value: string | RegExp) => Matches,
): Matches | undefined {
  if (value === undefined) return undefined;
  if (!isText(value) && !isRegExp(value))
    throw badOption(where, "a non-empty string or a RegExp", value);
  return make(value);
}

function typePattern(value: BenignErrorRule["exceptionType"], where: string): Matches {
  const names = Array.isArray(value) ? value : [value];
  if (isRegExp(value) || (names.length > 0 && names.every(isText))) return byType(value);
  throw badOption(where, "a non-empty string, an array of them, or a RegExp", value);
}

function attributePatterns(
  attributes: BenignErrorRule["attributes"],
  where: string,
): [key: string, holds: Matches][] {
  if (attributes === undefined) return [];
  if (
    typeof attributes !== "object" ||
    attributes === null ||
    Array.isArray(attributes) ||
    isRegExp(attributes)
  ) {
    throw badOption(where, "an object of attribute values or RegExps", attributes);
  }
  return Object.entries(attributes).map(([key, value]) => {
    if (!isRegExp(value) && !["string", "number", "boolean"].includes(typeof value)) {
      throw badOption(`${where}.${key}`, "a string, a number, a boolean or a RegExp", value);
    }
    return [key, byEquality(value)];
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
