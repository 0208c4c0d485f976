import type { Detector, Match } from "../detection/detector.ts";
import {
  isLikelySecret,
  isPlaceholder,
  KEY_WORDS,
  PASSWORD_WORDS,
  WEAK_WORDS,
} from "./secret-words.ts";

/**
 * Values with a telling name: `password=…`, `"api_key": "…"`, `--token …`, `?sig=…`, `COHERE_KEY=…`, "my API key is …",
 * `<password>…</password>`, `["x-api-key", "…"]`, `"name": "x-api-key", "value": "…"`, `"password": {"value": "…"}`.
 */
export const named: Detector = {
  find: (text) => {
    const matches: Match[] = [];
    NAME.lastIndex = 0;
    for (let found = NAME.exec(text); found !== null; found = NAME.exec(text)) {
      const value = valueAt(text, NAME.lastIndex, found.groups?.["by"] === ">");
      const { start, end } = value;
      if (end > start && isSecret(found, text.slice(start, end), value.quoted)) {
        matches.push({ start, end, kind: "credential" });
        NAME.lastIndex = end;
      }
    }
    return matches;
  },
};

// --- internal ---

const VALUE = "[\"']val(?:ue)?[\"']\\s{0,4}:\\s{0,4}";
const BY = [
  `:\\s{0,4}\\{\\s{0,40}${VALUE}(?=["'])`,
  `(?<=["'])\\s{0,4},\\s{0,40}${VALUE}(?=["'])`,
  "(?<=[[(]\\s{0,40}[\"'][\\w.-]{0,60}[\"'])\\s{0,4},\\s{0,40}(?=[\"'])",
  "\\s{0,4}(?:=>|={1,3}|:=?)\\s{0,4}",
  "(?<=--[\\w-]{1,40})\\s",
  "(?<=<[\\w:.-]{0,60})>",
  "\\s(?:is|was)\\s:?",
].join("|");
const NAME = new RegExp(
  [
    `(?:(?<password>${PASSWORD_WORDS})|(?<key>${KEY_WORDS})|(?<weak>(?<![A-Za-z])(?:${WEAK_WORDS})|[_-]token))["'\\]]{0,2}(?<by>${BY})`,
    // In the environment and in a query the shortest of names do.
    "(?<env>[A-Z\\d]_(?:KEY|PAT))(?:=|:\\s)",
    "(?<query>(?<=[?&])(?:key|code|auth|pw|pass|se?cr?et|x-amz-signature|x-amz-credential))=",
  ].join("|"),
  "gi",
);

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

const OPEN = /["'`]/;
const QUOTED: Readonly<Record<string, RegExp>> = {
  '"': /[^"\\]*(?:\\[\s\S][^"\\]*)*/y,
  "'": /[^'\\]*(?:\\[\s\S][^'\\]*)*/y,
  "`": /[^`\\]*(?:\\[\s\S][^`\\]*)*/y,
};
const ELEMENT = /[^<]*/y;
const UNQUOTED = /[^\s"'`&,;)}\]<>]*/y;

function valueAt(text: string, index: number, isElement: boolean): Value {
  if (isElement) {
    ELEMENT.lastIndex = index;
    const end = index + (ELEMENT.exec(text)?.[0].length ?? 0);
    return { start: index, end: text.startsWith("</", end) ? end : index, quoted: true };
  }
  const open = text.charAt(index);
  const quoted = OPEN.test(open);
  const start = quoted ? index + 1 : index;
  const reading = (quoted ? QUOTED[open] : undefined) ?? UNQUOTED;
  reading.lastIndex = start;
  let value = reading.exec(text)?.[0] ?? "";
  // What closes a quote in JSON in JSON is no part of the value.
  if (!quoted) value = value.replace(/\\{1,64}$/, "");
  return { start, end: start + value.length, quoted };
}

function isSecret({ groups = {} }: RegExpExecArray, value: string, quoted: boolean): boolean {
  if (isPlaceholder(value)) return false;
  if (groups["weak"] !== undefined) return isLikelySecret(value) && !/^[\d.,-]*$/.test(value);
  if (groups["env"] !== undefined) return isLikelySecret(value, 16);
  if (groups["query"] !== undefined) return isLikelySecret(value, 6);
  // A list of two names looks like a name and its value.
  if (/^\s*,\s*$/.test(groups["by"] ?? "")) return isLikelySecret(value);
  if (/^\s(?:is|was)/i.test(groups["by"] ?? "")) return isLikelySecret(value, 8);
  if (quoted) return true;
  const sure = groups["password"] !== undefined || groups["by"]?.includes("=") === true;
  return sure ? value.length >= 6 : isLikelySecret(value) || /^\d{6,}$/.test(value);
}
