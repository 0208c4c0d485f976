import { markOf, matchesIn, replaced, Work } from "./detection/detection.ts";
import { SECRETS } from "./detectors.ts";

/**
 * The text without keys, tokens, passwords and private keys, whether content is captured or not: error texts quote what
 * was sent, a key in a URL, a header, a key that the provider echoes. Each is replaced by what it was, such as
 * `[redacted:key]`. What cannot be read to its end is not let through.
 */
export function withoutSecrets(text: string): string {
  try {
    const matches = matchesIn(text, SECRETS, Work.on(text));
    return matches.length === 0 ? text : replaced(text, matches);
  } catch {
    return markOf({ kind: "unreadable" });
  }
}

/**
 * The beginning of a text without secrets, at most `longest` characters. More is read than is kept, so that what stands
 * across the end is known for what it is; the last of what was read may be the first half of a secret and is not kept.
 */
export function beginningWithoutSecrets(text: string, longest: number): string {
  const isCut = text.length > longest + MARGIN;
  const clean = withoutSecrets(isCut ? text.slice(0, longest + MARGIN) : text);
  const safe = isCut ? Math.max(0, clean.length - MARGIN) : clean.length;
  return clean.slice(0, Math.min(longest, safe));
}

// --- internal ---

/** Longer than what is looked for usually is. */
const MARGIN = 3000;
