import { badOption } from "../../bad-option.ts";
import { DETECTORS, type PersonalKind } from "../detectors.ts";
import { pathPattern } from "./path.ts";
import { PII_TYPES, type PiiRule, piiStep } from "./pii-rule.ts";

/** `secrets` is always on and changes nothing. */
export type DetectorName = PersonalKind | "secrets";

/**
 * What is there is replaced: `messages[*].content`, `arguments.customer`, `**.password`. A path says how the way to the
 * value ends; where it begins is the attribute, such as `gen_ai.input.messages`. `*` is any one step, `[*]` any place in
 * a list, `**` any number of steps. Text that is JSON is gone through as what it says.
 */
export interface PathRule {
  readonly path: string;
  /** @default "[redacted:path]" */
  readonly replace?: string | undefined;
}

/**
 * What is left of a text; `undefined` drops it.
 *
 * @param where such as `gen_ai.input.messages[0].parts[1].content`
 */
export type Redactor = (value: string, where: string) => string | undefined;

/** Path rules go first, then rules and functions in their order, then detectors over what these left. */
export type RedactOption = false | readonly (DetectorName | PathRule | PiiRule | Redactor)[];

/** Keys and tokens are taken out always, whatever the option says. */
export const REDACT_DEFAULT: readonly DetectorName[] = [
  "email",
  "phone",
  "card",
  "iban",
  "ip",
  "secrets",
];

/** @throws TypeError for what is no `redact` option */
export function checkRedact(value: unknown): asserts value is RedactOption {
  if (value === false) return;
  if (!Array.isArray(value)) {
    throw badOption("redact", "false or an array of detector names, rules and functions", value);
  }
  for (const [index, item] of value.entries()) checkItem(`redact[${index}]`, item);
}

// --- internal ---

const NAMES: ReadonlySet<unknown> = new Set([...Object.keys(DETECTORS), "secrets"]);
const STRATEGIES: ReadonlySet<unknown> = new Set([undefined, "redact", "mask", "hash", "block"]);

function checkItem(name: string, item: unknown): void {
  if (typeof item === "function" || NAMES.has(item)) return;
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    const names = [...NAMES].map((each) => `"${String(each)}"`).join(", ");
    throw badOption(name, `one of ${names}, a rule or a function`, item);
  }
  if ("path" in item) checkPathRule(name, item);
  else if ("piiType" in item) checkPiiRule(name, item);
  else throw badOption(name, "a rule, with `path` or with `piiType`", item);
}

function checkPathRule(
  name: string,
  { path, replace, ...rest }: Readonly<Record<string, unknown>>,
): void {
  checkMembers(name, rest, "path, replace");
  if (typeof path !== "string" || pathPattern(path) === undefined) {
    throw badOption(`${name}.path`, 'a path such as "messages[*].content" or "**.password"', path);
  }
  if (replace !== undefined && typeof replace !== "string") {
    throw badOption(`${name}.replace`, "a string", replace);
  }
}

function checkPiiRule(name: string, rule: Readonly<Record<string, unknown>>): void {
  const { piiType, strategy, detector, ...rest } = rule;
  checkMembers(name, rest, "piiType, strategy, detector");
  if (typeof piiType !== "string" || piiType === "") {
    throw badOption(`${name}.piiType`, "a non-empty string", piiType);
  }
  if (!STRATEGIES.has(strategy)) {
    throw badOption(`${name}.strategy`, '"redact", "mask", "hash" or "block"', strategy);
  }
  if (detector === undefined) {
    if (Object.hasOwn(PII_TYPES, piiType)) return;
    const types = Object.keys(PII_TYPES).map((each) => `"${each}"`);
    throw badOption(`${name}.piiType`, `${types.join(", ")}, or to come with a detector`, piiType);
  }
  if (!["string", "function"].includes(typeof detector) && !isExpression(detector)) {
    throw badOption(`${name}.detector`, "a regular expression or a function", detector);
  }
  try {
    piiStep(rule as unknown as PiiRule);
  } catch {
    throw badOption(`${name}.detector`, "a regular expression or a function", detector);
  }
}

function checkMembers(name: string, rest: object, members: string): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new TypeError(`\`${name}\` has no \`${unknown}\`. It has ${members}`);
}

/** Of this realm or another. */
function isExpression(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object RegExp]";
}
