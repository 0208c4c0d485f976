/**
 * The value in at most about so many characters of JSON: long texts are cut, long lists end early, each with a mark. The
 * shape stays, so that what reads messages can still read these. For plain data only.
 */
export function shrink(value: unknown, most: number): unknown {
  // Escapes can make JSON up to six times as long as the text itself.
  for (let budget = most; budget > 16; budget = Math.floor(budget / 2)) {
    const shrunk = new Shrinking(budget).value(value, 0);
    if (JSON.stringify(shrunk).length <= most) return shrunk;
  }
  return Array.isArray(value) ? [] : null;
}

/** The text's beginning, and how long it was. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // What was cut before says how long it was then.
  const [, before = text.length] = CUT.exec(text) ?? [];
  const mark = `… [truncated, ${before} characters]`;
  const end = Math.max(0, most - mark.length);
  // Not between the two halves of one character.
  const half = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return text.slice(0, half ? end - 1 : end) + mark;
}

// --- internal ---

const CUT = /… \[truncated, (\d+) characters\]$/;
/** Punctuation of JSON round a value. */
const ROUND = 4;
/** What a message or a part is, its `type` and `role`, is always said. */
const SHORT = 64;
const FIRST_MEMBERS = 8;

class Shrinking {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  value(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#text(value);
    this.#left -= ROUND;
    if (typeof value !== "object" || value === null || depth > 32) {
      return typeof value === "object" ? null : value;
    }
    return Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
  }

  #text(text: string): string {
    const short = text.length <= SHORT ? text : cut(text, Math.max(SHORT, this.#left - ROUND));
    this.#left -= short.length + ROUND;
    return short;
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const item of list) {
      if (this.#left <= 0) break;
      kept.push(this.value(item, depth + 1));
    }
    return kept;
  }

  #object(object: object, depth: number): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    let members = 0;
    for (const [key, value] of Object.entries(object)) {
      if (this.#left <= 0 && members >= FIRST_MEMBERS) break;
      members += 1;
      this.#left -= key.length;
      kept[key] = this.value(value, depth + 1);
    }
    return kept;
  }
}
