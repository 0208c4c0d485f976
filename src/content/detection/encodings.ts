/** A run of characters that may be an encoded text. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  /** What it may say: one reading for each place where the text may have begun. */
  readonly readings: () => Generator<string>;
}

/**
 * Base64 (both alphabets), hexadecimal, and lists of bytes, wherever they stand, if what they encode has ASCII text in
 * it.
 */
export function encodedRuns(text: string): EncodedRun[] {
  return [BASE64, HEXADECIMAL, DECIMAL_LIST, HEXADECIMAL_LIST].flatMap((encoding) =>
    runsOf(text, encoding),
  );
}

// --- internal ---

interface Encoding {
  /** Finds the inside of a run. */
  readonly inside: RegExp;
  /** From where it begins to where it ends. */
  readonly run: RegExp;
  readonly alphabet: RegExp;
  /** What is decoded, when it is not the characters of the run. */
  readonly digits?: (run: string) => Uint8Array;
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

/** `[115,107,45]`, as JSON has a buffer. It begins with its first readable byte. */
const DECIMAL_LIST: Encoding = {
  inside: /(?<![\d.])(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[\s,;]{1,40}){8}/g,
  run: /[\d\s,;]*(?<=\d)(?![\d.])/y,
  alphabet: /(?!)/,
  digits: (run) => bytesOfList(run, 10),
  alignments: 1,
  decode: (bytes) => bytes,
};
/** `73 6b 2d`, `73:6b:2d` and `0x73, 0x6b, 0x2d`. */
const HEXADECIMAL_LIST: Encoding = {
  inside: /(?<![\dA-Fa-f])(?:(?:0x)?[2-7][\dA-Fa-f][\s,:;-]{1,40}){8}/g,
  run: /[\s,:;x\dA-Fa-f-]*(?<=[\s,:;x-][\dA-Fa-f]{2})(?![\dA-Za-z])/y,
  alphabet: /(?!)/,
  digits: (run) => bytesOfList(run, 16),
  alignments: 1,
  decode: (bytes) => bytes,
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
  const { alignments, decode, digits: digitsIn } = encoding;
  return {
    start,
    end,
    *readings() {
      const digits = digitsIn?.(text.slice(start, end)) ?? digitsOf(text, start, end);
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

function bytesOfList(run: string, radix: number): Uint8Array {
  const bytes: number[] = [];
  for (const [byte] of run.matchAll(/(?:0x)?[\dA-Fa-f]+/g)) {
    bytes.push(Math.min(255, Number.parseInt(byte, radix)));
  }
  return Uint8Array.from(bytes);
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
