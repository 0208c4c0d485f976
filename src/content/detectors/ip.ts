import type { Detector } from "../detection/detector.ts";
import { byExpression } from "../detection/detector.ts";

/** Addresses of the Internet Protocol, of both versions. */
export const ip: Detector = {
  find: (text) => [...VERSION_4.find(text), ...VERSION_6.find(text)],
};

// --- internal ---

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** Four numbers after one of these are the version of a program: `version 1.2.3.4`, `Chrome/120.0.0.0`, `lib-1.2.3.4`. */
const VERSIONED =
  /(?:\b(?:version|ver|release|build|update|patch|v)\.?["']?\s?[:=]?\s?["']?|(?:^|[\s("';])[A-Za-z][\w.+-]{0,20}\/|[A-Za-z]-|[=~^<>]=?\s?|\d\.)$/i;

const VERSION_4 = byExpression(
  "ip",
  new RegExp(`(?<![\\w.])${OCTET}(?:\\.${OCTET}){3}(?![\\w]|\\.\\d|-[A-Za-z])`, "g"),
  (_, index, text) => !VERSIONED.test(text.slice(Math.max(0, index - 24), index)),
);

const VERSION_6: Detector = byExpression(
  "ip",
  /(?<![\w:.])(?=[\dA-Fa-f]{0,4}:)[\dA-Fa-f:]{1,45}(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[\dA-Fa-f])(?![\w:])/g,
  isVersion6,
);

function isVersion6(found: string): boolean {
  const [, before = "", dotted] = /^(.*?)(\d{1,3}(?:\.\d{1,3}){3})?$/.exec(found) ?? [];
  const address = dotted === undefined ? before : `${before}0:0`;
  const halves = address.split("::");
  const groups = address.split(":").filter((group) => group !== "");
  if (halves.length > 2 || groups.some((group) => group.length > 4)) return false;
  if (halves.some((half) => half.startsWith(":") || half.endsWith(":"))) return false;
  if (halves.length === 1) return groups.length === 8;
  // a::b is a name in C++, and ::1 everybody's own machine.
  const telling = groups.length > 2 || (groups.length === 2 && (groups[0]?.length ?? 0) > 2);
  return telling && groups.length < 8 && /\d/.test(address);
}
