/** A text as it reads without its escapes, and where each part of it stands in the text as it came. */
export interface PlainText {
  readonly text: string;
  /** The place in the text as it came. */
  readonly source: (start: number, end: number) => { readonly start: number; readonly end: number };
}

/**
 * The text without what hides something from a plain search: percent escapes (encoded once or many times), backslash
 * escapes of JSON, references of HTML, colours of a terminal, characters without width, and look-alikes such as
 * full-width letters and typographic hyphens. `undefined` when there are none.
 *
 * @param all backslashes of every depth at once; else of one depth, which is exact
 */
export function unescaped(text: string, all: boolean): PlainText | undefined {
  const escape = all ? EVERY_DEPTH : ONE_DEPTH;
  escape.lastIndex = 0;
  let found = escape.exec(text);
  if (found === null) return undefined;
  const pieces = new Pieces(text);
  for (; found !== null; found = escape.exec(text)) {
    const plain = meaning(found[0]);
    if (plain !== found[0]) pieces.replace(found.index, found[0].length, plain);
  }
  return pieces.plain();
}

// --- internal ---

const PERCENT = "(?:%(?:25)*[89A-Fa-f][0-9A-Fa-f])+|%(?:25)*[0-7][0-9A-Fa-f]";
const BACKSLASH = "(?:u\\{[0-9A-Fa-f]{1,6}\\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\\s\\S])";
const REFERENCE =
  "&(?:#\\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|commat|nbsp|colon|equals|period|num);";
const WITHOUT_WIDTH =
  "[\\u00AD\\u0300-\\u036F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF9-\\uFFFB\\u{E0000}-\\u{E0FFF}]+";
/** A terminal's colours, also where a log has lost the character that begins them. */
const COLOUR = "[\\u001B\\u009B]\\[?[?\\d;]{0,20}[A-Za-z]|\\[\\d{1,3}(?:;\\d{1,3}){0,4}m";
const LOOK_ALIKE =
  "[\\u00A0\\u00AA\\u00B2\\u00B3\\u00B9\\u00BA\\u2000-\\u200A\\u2010-\\u2015\\u2018-\\u201F\\u202F\\u205F\\u2070-\\u209C\\u2100-\\u217F\\u2212\\u2460-\\u24FF\\u3000\\uFE50-\\uFE6B\\uFF01-\\uFF5E\\u{1D400}-\\u{1D7FF}\\u{1F100}-\\u{1F16A}]";

const ONE_DEPTH = new RegExp(
  [PERCENT, `\\\\${BACKSLASH}`, REFERENCE, COLOUR, WITHOUT_WIDTH, LOOK_ALIKE].join("|"),
  "gu",
);
const EVERY_DEPTH = new RegExp(
  [PERCENT, `\\\\+${BACKSLASH}`, REFERENCE, COLOUR, WITHOUT_WIDTH, LOOK_ALIKE].join("|"),
  "gu",
);

const CONTROL: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  commat: "@",
  nbsp: " ",
  colon: ":",
  equals: "=",
  period: ".",
  num: "#",
};
const UTF8 = new TextDecoder();

function meaning(escape: string): string {
  switch (escape.charAt(0)) {
    case "%":
      return percent(escape);
    case "\\":
      return backslash(escape);
    case "&":
      return reference(escape);
    case "\u001B":
    case "\u009B":
    case "[":
      return "";
    default:
      return look(escape);
  }
}

function percent(escape: string): string {
  const codes: number[] = [];
  for (const [, code = ""] of escape.matchAll(/%(?:25)*([0-9A-Fa-f]{2})(?=%|$)/g)) {
    codes.push(Number.parseInt(code, 16));
  }
  return UTF8.decode(Uint8Array.from(codes));
}

function backslash(escape: string): string {
  const escaped = escape.replace(/^\\+/, "");
  if (escaped === "") return "\\";
  const code =
    /^[ux]\{?([0-9A-Fa-f]{2,6})\}?$/.exec(escaped)?.[1] ??
    /^u\{([0-9A-Fa-f])\}$/.exec(escaped)?.[1];
  return code === undefined ? (CONTROL[escaped] ?? escaped) : character(Number.parseInt(code, 16));
}

function reference(escape: string): string {
  const name = escape.slice(1, -1);
  if (!name.startsWith("#")) return NAMED[name] ?? escape;
  const hex = /^#[xX]/.test(name);
  return character(hex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function look(found: string): string {
  if (/[\u2010-\u2015\u2212]/.test(found)) return "-";
  if (/[\u2018-\u201B]/.test(found)) return "'";
  if (/[\u201C-\u201F]/.test(found)) return '"';
  return WIDTHLESS.test(found) ? "" : found.normalize("NFKC");
}

const WIDTHLESS = new RegExp(`^${WITHOUT_WIDTH}`, "u");

function character(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "\uFFFD";
}

class Pieces {
  readonly #source: string;
  #text = "";
  #read = 0;
  /** Where each piece begins, here and in the source. A piece that was escaped stands for all of its source. */
  readonly #begin: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  replace(index: number, length: number, plain: string): void {
    this.#keep(index);
    if (plain !== "") {
      this.#add(plain, index, index + length);
    }
    this.#read = index + length;
  }

  plain(): PlainText | undefined {
    if (this.#read === 0) return undefined;
    this.#keep(this.#source.length);
    return {
      text: this.#text,
      source: (start, end) => ({ start: this.#first(start), end: this.#last(end - 1) }),
    };
  }

  #keep(end: number): void {
    if (end > this.#read) this.#add(this.#source.slice(this.#read, end), this.#read, end);
  }

  #add(text: string, from: number, to: number): void {
    this.#begin.push(this.#text.length);
    this.#from.push(from);
    this.#to.push(to);
    this.#text += text;
  }

  #first(index: number): number {
    const piece = this.#pieceAt(index);
    const from = this.#from[piece] ?? 0;
    return this.#isKept(piece) ? from + index - (this.#begin[piece] ?? 0) : from;
  }

  #last(index: number): number {
    const piece = this.#pieceAt(index);
    if (!this.#isKept(piece)) return this.#to[piece] ?? this.#source.length;
    return (this.#from[piece] ?? 0) + index - (this.#begin[piece] ?? 0) + 1;
  }

  #isKept(piece: number): boolean {
    const length = (this.#begin[piece + 1] ?? this.#text.length) - (this.#begin[piece] ?? 0);
    return (this.#to[piece] ?? 0) - (this.#from[piece] ?? 0) === length;
  }

  #pieceAt(index: number): number {
    let low = 0;
    let high = this.#begin.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#begin[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
