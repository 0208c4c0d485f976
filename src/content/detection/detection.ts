import type { Detector, Match } from "./detector.ts";
import { encodedRuns } from "./encodings.ts";
import { unescaped } from "./escapes.ts";

/** Counts the characters that are read, so that no text, however it was made, can cost more than its due. */
export class Work {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** For one text: enough for every encoding, within every other, that is not made to be slow. */
  static on(text: string): Work {
    return new Work(10_000 + text.length * 64);
  }

  /** @throws when there is no more to spend: who calls lets go of the text then */
  spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new RangeError("The text has too many layers of encoding");
  }
}

/**
 * What the detectors find in the text itself, in the text without its escapes, and in what is encoded in it: places in
 * the text as it came.
 */
export function matchesIn(
  text: string,
  detectors: readonly Detector[],
  work: Work = Work.on(text),
  depth: number = DEPTH,
): Match[] {
  if (text.length < SHORTEST) return [];
  work.spend(text.length);
  const matches: Match[] = [];
  for (const detector of detectors) for (const match of detector.find(text)) matches.push(match);
  for (const { start, end, readings } of encodedRuns(text)) {
    const kind = depth === 0 ? undefined : firstKind(readings(), detectors, work, depth - 1);
    if (kind !== undefined) matches.push({ start, end, kind, encoded: true });
  }
  const plain = depth === 0 ? undefined : unescaped(text, depth === 1);
  if (plain !== undefined) {
    for (const { start, end, kind } of matchesIn(plain.text, detectors, work, depth - 1)) {
      matches.push({ ...plain.source(start, end), kind, encoded: true });
    }
  }
  return matches;
}

/** The text with each place replaced. Where places overlap, all they cover goes, and the first says what it was. */
export function replaced(
  text: string,
  matches: readonly Match[],
  put: (match: Match) => string = markOf,
): string {
  let result = "";
  let read = 0;
  for (const match of apart(matches)) {
    result += text.slice(read, match.start) + put(match);
    read = match.end;
  }
  return result + text.slice(read);
}

/** Matches in their order, those that overlap joined. */
export function apart(matches: readonly Match[]): Match[] {
  const joined: Match[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before === undefined || match.start >= before.end) joined.push(match);
    else if (match.end > before.end) joined[joined.length - 1] = { ...before, end: match.end };
  }
  return joined;
}

export function markOf({ kind }: Pick<Match, "kind">): string {
  return `[redacted:${kind}]`;
}

// --- internal ---

/** JSON in JSON in a URL in base64: more than this nobody does by accident. */
const DEPTH = 6;
/** Characters. Nothing shorter is looked for. */
const SHORTEST = 6;

function firstKind(
  readings: Iterable<string>,
  detectors: readonly Detector[],
  work: Work,
  depth: number,
): string | undefined {
  for (const reading of readings) {
    const [found] = matchesIn(reading, detectors, work, depth);
    if (found !== undefined) return found.kind;
  }
  return undefined;
}
