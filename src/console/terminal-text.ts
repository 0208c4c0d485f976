/**
 * Text that is safe to print: span names and error messages can come from anyone, and a terminal obeys escape
 * sequences. Control, format, private and unpaired characters become `\u{…}`, line breaks included.
 */
export function printable(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** How many columns a text takes in a terminal. */
export function columnsOf(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of CHARACTERS.segment(text)) columns += columnsOfCharacter(segment);
  return columns;
}

/** The text, if it is too wide its beginning and an ellipsis. */
export function clip(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const { segment } of CHARACTERS.segment(text)) {
    used += columnsOfCharacter(segment);
    if (used > columns) break;
    kept += segment;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/** A length of time as people say it: `3.2 ms`, `340 ms`, `1.20 s`, `2m 05s`, `1h 02m`. */
export function spoken(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** US dollars as short as they still say something: `$0`, `<$0.0001`, `$0.0008`, `$12.34`, `$1,234.50`. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 0.000_05) return "<$0.0001";
  const digits = usd < 0.999_95 ? 4 : 2;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `$${usd.toLocaleString("en-US", format)}`;
}

// --- internal ---

// Bidirectional marks and line separators are format characters: they reorder or break the line they stand in.
// The zero width joiner stays, emoji are made with it.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/gu;
const NARROW_ONLY = /^[\p{ASCII}─-╿…]*$/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /^[\p{Mark}\p{Cf}]+$/u;
const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

function columnsOfCharacter(character: string): number {
  if (INVISIBLE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
