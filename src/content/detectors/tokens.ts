import type { Detector, Match } from "../detection/detector.ts";
import { byPattern } from "../detection/detector.ts";
import { isLikelySecret, isMark, isPlaceholder } from "./secret-words.ts";

/** Credentials that say what they are by what stands round them: JSON web tokens, headers, private keys, addresses. */
export const tokens: Detector = {
  find: (text) => [
    ...JSON_WEB_TOKEN.find(text),
    ...SCHEME.find(text),
    ...COOKIE.find(text),
    ...CURL.find(text),
    ...privateKeys(text),
    ...userInformation(text),
  ],
};

// --- internal ---

/** It begins with the base64 of `{"`. */
const JSON_WEB_TOKEN = byPattern({
  kind: "jwt",
  head: /eyJ[\w-]{8}/g,
  tail: /[\w.-]*/y,
  holds: (found) => found.indexOf(".", 11) > 0,
});

const SCHEME = byPattern({
  kind: "token",
  head: /(?<![A-Za-z])(?:bearer|basic|authorization["']?\s{0,3}[:=]\s{0,3}["']?[a-z-]{3,16})[\s+]{1,4}/gi,
  tail: /[\w.~+/=:-]*/y,
  after: true,
  holds: isLikelySecret,
});

const COOKIE = byPattern({
  kind: "credential",
  head: /(?<![A-Za-z])cookie["']?\s{0,3}[:=]\s{0,3}["']?/gi,
  tail: /[^\r\n"'\\]*/y,
  after: true,
  holds: (found) => found.includes("="),
});

/** `curl -u user:password` */
const CURL = byPattern({
  kind: "credential",
  head: /(?<![\w.-])curl\s[^|]{0,120}?(?<=\s)(?:-[a-z]{0,5}u\s{1,4}|--(?:proxy-)?user[\s=]{1,4})["']?[^\s:"']{1,64}:/gi,
  tail: /[^\s"'\\]*/y,
  after: true,
  holds: (found) => found.length > 2 && !isPlaceholder(found),
});

const BEGIN = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:/g;
const END = "-----END";

/** To its end, or to that of the text when it was cut off. */
function privateKeys(text: string): Match[] {
  const matches: Match[] = [];
  BEGIN.lastIndex = 0;
  for (let found = BEGIN.exec(text); found !== null; found = BEGIN.exec(text)) {
    const close = text.indexOf(END, BEGIN.lastIndex);
    const after = close === -1 ? -1 : text.indexOf("-----", close + END.length);
    const end = after === -1 ? text.length : after + 5;
    matches.push({ start: found.index, end, kind: "private_key" });
    BEGIN.lastIndex = end;
  }
  return matches;
}

const AUTHORITY = /[^\s/?#"'<>\\]*/y;

/** `user:password@` in an address, and a key alone before the `@`. */
function userInformation(text: string): Match[] {
  const matches: Match[] = [];
  let index = text.indexOf("://");
  while (index !== -1) {
    const start = index + 3;
    AUTHORITY.lastIndex = start;
    const authority = AUTHORITY.exec(text)?.[0] ?? "";
    const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
    if (!isMark(user) && (/^[^:]*:./.test(user) || isLikelySecret(user, 16))) {
      matches.push({ start, end: start + user.length, kind: "credential" });
    }
    index = text.indexOf("://", start + authority.length);
  }
  return matches;
}
