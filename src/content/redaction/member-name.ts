import { isLikelySecret, secrecyOf } from "../detectors/secret-words.ts";

/**
 * The name that says what each member of an object is: its own; for a value the name that stands beside it, in any
 * order, as headers and settings are listed, `{ value: "…", name: "api_key" }`; below the name of a secret that one,
 * `{ password: { value: "…" } }`, unless the object describes what a password looks like.
 */
export function memberNames(
  members: readonly (readonly [name: string, value: unknown])[],
  above: string | undefined,
): (name: string) => string {
  const beside = members.find(([name, value]) => NAMING.has(name) && isSecret(value))?.[1];
  const inherited = isSecret(above) && secrecyOf(above) === "certain" ? above : undefined;
  const isSchema = members.some(([name]) => DESCRIBING.has(name));
  return (name) => {
    if (VALUES.has(name)) return isSecret(beside) ? beside : (inherited ?? name);
    return isSchema || secrecyOf(name) !== undefined ? name : (inherited ?? name);
  };
}

/** Of `["x-api-key", "…"]`, as headers are listed too. Two names in a list look the same, and are not meant. */
export function nameInPair(list: readonly unknown[]): string | undefined {
  if (list.length !== 2) return undefined;
  const [name, value] = list;
  if (!isSecret(name) || typeof value !== "string") return undefined;
  return isLikelySecret(value.slice(-LONGEST).replace(/^.*\s/, "")) ? name : undefined;
}

// --- internal ---

/** Longer is no name. */
const LONGEST = 200;
const NAMING: ReadonlySet<string> = new Set(["name", "key", "header", "field"]);
const VALUES: ReadonlySet<string> = new Set(["value", "val"]);
/** Members of a JSON schema. */
const DESCRIBING: ReadonlySet<string> = new Set(
  "type,$ref,anyOf,oneOf,allOf,enum,description,title,format,minLength,maxLength".split(","),
);

function isSecret(name: unknown): name is string {
  return typeof name === "string" && name.length <= LONGEST && secrecyOf(name) !== undefined;
}
