/** One step down: a member's name or a place in a list. */
export type Step = string | number;

/** A path with `*` for any one step, `[*]` for any place in a list, and `**` for any number of steps. */
export type PathPattern = readonly (Step | typeof ANY | typeof ANY_PLACE | typeof ANY_DEPTH)[];

/** The pattern, or `undefined` for a text that is none. */
export function pathPattern(path: string): PathPattern | undefined {
  const pattern: (Step | symbol)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < path.length) {
    const first = PART.lastIndex === 0;
    const { groups } = PART.exec(path) ?? {};
    if (
      groups === undefined ||
      (groups["dot"] === undefined && groups["name"] !== undefined && !first)
    )
      return undefined;
    if (groups["dot"] !== undefined && first) return undefined;
    const { name, place, quoted } = groups;
    if (name !== undefined) pattern.push(name === "**" ? ANY_DEPTH : name === "*" ? ANY : name);
    else if (place !== undefined) pattern.push(place === "*" ? ANY_PLACE : Number(place));
    else pattern.push(quoted ?? "");
  }
  return pattern.length === 0 ? undefined : (pattern as PathPattern);
}

/** Whether the path ends as the pattern says: `password` is a password however deep it stands. */
export function endsAs(pattern: PathPattern, path: readonly Step[]): boolean {
  let at = pattern.length - 1;
  let step = path.length - 1;
  // Where to go on when what follows the last `**` does not fit.
  let retry: { readonly at: number; step: number } | undefined;
  while (at >= 0) {
    const wanted = pattern[at];
    if (wanted === ANY_DEPTH) {
      retry = { at, step };
      at -= 1;
    } else if (step >= 0 && fits(wanted, path[step])) {
      at -= 1;
      step -= 1;
    } else if (retry !== undefined && retry.step >= 0) {
      retry.step -= 1;
      at = retry.at - 1;
      step = retry.step;
    } else return false;
  }
  return true;
}

/** `gen_ai.input.messages[0].parts[1].content`. */
export function written(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!NAME.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

// --- internal ---

const ANY: unique symbol = Symbol("*");
const ANY_PLACE: unique symbol = Symbol("[*]");
const ANY_DEPTH: unique symbol = Symbol("**");

const NAME = /^[^\s.[\]"']+$/;
const PART =
  /(?<dot>\.)?(?:(?<name>[^\s.[\]"'*]+|\*{1,2})|(?:\[(?:(?<place>\d{1,9}|\*)|["'](?<quoted>[^"'\]]*)["'])\]))/y;

function fits(wanted: PathPattern[number] | undefined, step: Step | undefined): boolean {
  if (wanted === ANY) return true;
  return wanted === ANY_PLACE ? typeof step === "number" : wanted === step;
}
