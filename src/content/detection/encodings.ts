/** A run of characters that may be an encoded text. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  /** What it may say: one reading for each place where the text may have begun. */
  readonly readings: () => Generator<string>;
}

/** Base64 (both alphabets) and hexadecimal, wherever they stand, if what they encode has ASCII text in it. */
export function encodedRuns(text: string): EncodedRun[] {
  return [...runsOf(text, BASE64), ...runsOf(text, HEXADECIMAL)];
}

// --- internal ---

interface Encoding {
  /** Finds the inside of a run. */
  readonly inside: RegExp;
  /** From where it begins to where it ends. */
  readonly run: RegExp;
  readonly alphabet: RegExp;
  /** In how many ways a run can be cut into groups. */
  readonly alignments: number;
  readonly decode: (digits: Uint8Array, from: number) => Uint8Array;
}

/**
 * The two groups of four that eight ASCII characters have in base64 wherever they begin: the highest bit of each byte is
 * 0, which three of four digits show. Words and identifiers rarely look so.
 */
const BASE64: Encoding = {
  inside: /(?:[C-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][\w+/-]){2}/g,
  // Over the ends of lines too, as in mail and in key files.
  run: /[\w+/-]+(?:\r?\n[\w+/-]+)*={0,2}/y,
  alphabet: /[\w+/-]/,
  alignments: 4,
  decode: bytesOfBase64,
};
const HEXADECIMAL: Encoding = {
  inside: /(?:[2-7][0-9A-Fa-f]){8}/g,
  run: /[0-9A-Fa-f]+/y,
  alphabet: /[0-9A-Fa-f]/,
  alignments: 2,
  decode: bytesOfHex,
};

const UTF8 = new TextDecoder();
/** The shortest thing that is looked for. */
const READABLE = /[\t\n\r -~]{6}/;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function runsOf(text: string, encoding: Encoding): EncodedRun[] {
  const { inside, run, alphabet } = encoding;
  const runs: EncodedRun[] = [];
  inside.lastIndex = 0;
  let last = 0;
  for (let found = inside.exec(text); found !== null; found = inside.exec(text)) {
    let start = found.index;
    while (start > last && alphabet.test(text.charAt(start - 1))) start -= 1;
    run.lastIndex = start;
    last = start + (run.exec(text)?.[0].length ?? found[0].length);
    runs.push(encodedRun(text, start, last, encoding));
    inside.lastIndex = last;
  }
  return runs;
}

function encodedRun(text: string, start: number, end: number, encoding: Encoding): EncodedRun {
  const { alignments, decode } = encoding;
  return {
    start,
    end,
    *readings() {
      const digits = digitsOf(text, start, end);
      for (let from = 0; from < alignments; from += 1) {
        const reading = UTF8.decode(decode(digits, from));
        if (READABLE.test(reading)) yield reading;
      }
    },
  };
}

/** The characters' codes, without ends of lines and padding. */
function digitsOf(text: string, start: number, end: number): Uint8Array {
  const digits = new Uint8Array(end - start);
  let length = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 32 && code !== EQUALS) digits[length++] = code;
  }
  return digits.subarray(0, length);
}

const EQUALS = 61;
const VALUES = new Uint8Array(128);
for (let value = 0; value < DIGITS.length; value += 1) VALUES[DIGITS.charCodeAt(value)] = value;
VALUES["-".charCodeAt(0)] = 62;
VALUES["_".charCodeAt(0)] = 63;

function bytesOfBase64(digits: Uint8Array, from: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.floor(((digits.length - from) * 3) / 4)));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let index = from; index < digits.length; index += 1) {
    held = ((held << 6) | (VALUES[digits[index] ?? 0] ?? 0)) & 0xff_ff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return bytes.subarray(0, length);
}

function bytesOfHex(digits: Uint8Array, from: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.floor((digits.length - from) / 2)));
  for (let index = 0; index < bytes.length; index += 1) {
    const high = digits[from + index * 2] ?? 0;
    const low = digits[from + index * 2 + 1] ?? 0;
    bytes[index] = (hexValue(high) << 4) | hexValue(low);
  }
  return bytes;
}

function hexValue(code: number): number {
  return code <= 57 ? code - 48 : (code | 32) - 87;
}
