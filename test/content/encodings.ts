/** One way to write a text, and its reverse, which makes the best of what is left of it. */
export interface Encoding {
  readonly name: string;
  readonly encode: (text: string) => string;
  readonly decode: (text: string) => string;
}

const percent = (byte: number) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`;
const base64 = (text: string) => Buffer.from(text, "base64").toString("utf8");

export const ENCODINGS: readonly Encoding[] = [
  {
    name: "JSON",
    encode: (text) => JSON.stringify({ a: 1, said: text, z: [true] }),
    decode: (text) => text.replaceAll(/\\(["\\])/g, "$1").replaceAll(String.raw`\n`, "\n"),
  },
  { name: "URL", encode: encodeURIComponent, decode: leniently },
  {
    name: "URL, twice",
    encode: (text) => encodeURIComponent(encodeURIComponent(text)),
    decode: (text) => leniently(leniently(text)),
  },
  {
    name: "URL, every character",
    encode: (text) => [...Buffer.from(text)].map(percent).join(""),
    decode: leniently,
  },
  { name: "base64", encode: (text) => Buffer.from(text).toString("base64"), decode: base64 },
  { name: "base64url", encode: (text) => Buffer.from(text).toString("base64url"), decode: base64 },
  {
    name: "base64, in lines",
    encode: (text) =>
      Buffer.from(text)
        .toString("base64")
        .replaceAll(/.{76}(?=.)/g, "$&\r\n"),
    decode: base64,
  },
  {
    name: "hexadecimal",
    encode: (text) => Buffer.from(text).toString("hex"),
    decode: (text) => Buffer.from(text.replaceAll(/[^\da-f]/gi, ""), "hex").toString("utf8"),
  },
  {
    name: "a buffer in JSON",
    encode: (text) => JSON.stringify(Buffer.from(text)),
    decode: (text) => Buffer.from((text.match(/\d{1,3}/g) ?? []).map(Number)).toString("utf8"),
  },
  {
    name: "a buffer in JSON, in lines",
    encode: (text) => JSON.stringify({ a: [...Buffer.from(text)] }, null, 4),
    decode: (text) => Buffer.from((text.match(/\d{1,3}/g) ?? []).map(Number)).toString("utf8"),
  },
  ...[" ", ":", ", 0x"].map((between) => ({
    name: `hexadecimal with "${between}"`,
    encode: (text: string) =>
      [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(between),
    decode: (text: string) =>
      Buffer.from(text.replaceAll(/0x|[^\da-f]/gi, ""), "hex").toString("utf8"),
  })),
  {
    name: "JSON, every character",
    encode: (text) =>
      text.replaceAll(
        /[\s\S]/g,
        (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    decode: (text) =>
      text.replaceAll(/\\u([\da-f]{4})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      ),
  },
  {
    name: "HTML",
    encode: (text) => text.replaceAll(/[^\w ]/g, (each) => `&#${each.charCodeAt(0)};`),
    decode: (text) =>
      text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  },
];

const ANSI = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, "g");

/** For the eye of a person only: nothing encodes them any further. */
export const DISGUISES: readonly Encoding[] = [
  {
    name: "characters without width",
    encode: (text) => Array.from(text).join("\u200B"),
    decode: (text) => text.replaceAll("\u200B", ""),
  },
  {
    name: "full-width characters",
    encode: (text) =>
      text.replaceAll(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfe_e0)),
    decode: (text) => text.normalize("NFKC"),
  },
  {
    name: "ANSI",
    encode: (text) => `\u001B[31m${text.slice(0, 2)}\u001B[1;4m${text.slice(2)}\u001B[0m`,
    decode: (text) => text.replaceAll(ANSI, ""),
  },
  {
    name: "ANSI, each character",
    encode: (text) => Array.from(text).join("[32m"),
    decode: (text) => text.replaceAll("[32m", ""),
  },
  {
    name: "typographic hyphens",
    encode: (text) => text.replaceAll("-", "\u2011"),
    decode: (text) => text.replaceAll("\u2011", "-"),
  },
];

function leniently(text: string): string {
  return text.replaceAll(/(?:%[\dA-F]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
