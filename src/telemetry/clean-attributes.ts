import type { Attributes } from "@opentelemetry/api";

import { markOf } from "../content/detection/detection.ts";
import { isLikelySecret, isMark, secrecyOf } from "../content/detectors/secret-words.ts";
import { withoutSecrets } from "../content/secrets.ts";

/**
 * Takes what looks like a credential out of the attributes, of their values of every kind and of their names. Changes the
 * object that is given.
 *
 * @param isClean whether a value need not be read
 */
export function cleanAttributes(
  attributes: Attributes,
  isClean: (name: string, value: unknown) => boolean = () => false,
): Attributes {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    const clean = isClean(name, value) ? value : cleanValue(value, name);
    const cleanName = cleanText(name);
    if (cleanName !== name) delete attributes[name];
    if (clean !== value || cleanName !== name) attributes[cleanName] = clean;
  }
  return attributes;
}

/**
 * The value without what looks like a credential, or what its name says is one. The same value where there is nothing of
 * the kind, so that whoever asks can compare; a copy of what would change, never a change to the application's own.
 */
export function cleanValue(value: unknown, name: string): unknown {
  return valueOf(value, name, { depth: DEEPEST, nodes: MOST_NODES });
}

/**
 * A text without credentials, that can be sent. What is short and was found to be clean is not read again: names, models and addresses are
 * the same on span after span.
 */
export function cleanText(text: string): string {
  if (text.length > SHORT) return wellFormed(withoutSecrets(text));
  if (knownClean.has(text)) return text;
  const clean = wellFormed(withoutSecrets(text));
  if (clean !== text) return clean;
  if (knownClean.size >= MOST_KNOWN) knownClean.clear();
  knownClean.add(text);
  return text;
}

// --- internal ---

/** Half a character is no character in UTF-8, and there are receivers that refuse all that comes with it. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

/** Bounds of one value. What lies beyond is not let through. */
interface Bounds {
  depth: number;
  nodes: number;
}

const DEEPEST = 64;
const MOST_NODES = 200_000;
const SHORT = 128;
const MOST_KNOWN = 2000;
const knownClean = new Set<string>();

const UTF8 = new TextDecoder();

function valueOf(value: unknown, name: string, bounds: Bounds): unknown {
  if (typeof value === "string") return textOf(value, name);
  if (typeof value !== "object" || value === null) return value;
  bounds.nodes -= 1;
  if (bounds.depth === 0 || bounds.nodes < 0) return "[too deep]";
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  bounds.depth -= 1;
  const clean = Array.isArray(value) ? listOf(value, name, bounds) : membersOf(value, bounds);
  bounds.depth += 1;
  return clean;
}

function textOf(text: string, name: string): string {
  const secrecy = secrecyOf(name);
  const isSecret =
    secrecy === "certain" ? !isMark(text) && text !== "" : secrecy && isLikelySecret(text);
  if (isSecret === true) return markOf({ kind: "credential" });
  // What stands after the question mark alone: the names in it say as much as in a whole address.
  return QUERY.test(name) && !text.startsWith("?")
    ? cleanText(`?${text}`).slice(1)
    : cleanText(text);
}

const QUERY = /(?:^|[._])query$/;

function listOf(list: readonly unknown[], name: string, bounds: Bounds): unknown {
  let before: unknown;
  const clean = list.map((item) => {
    // Headers, and arguments of a command, as names and values in turn.
    const named = typeof before === "string" && isNameOfSecret(before) ? before : name;
    before = item;
    const left = valueOf(item, name, bounds);
    return named === name || left !== item || typeof item !== "string" || !isLikelySecret(item)
      ? left
      : markOf({ kind: "credential" });
  });
  return clean.some((item, index) => item !== list[index]) ? clean : list;
}

function isNameOfSecret(text: string): boolean {
  return text.length <= SHORT && /^[\w-]+$/.test(text) && secrecyOf(text) !== undefined;
}

function bytesOf(bytes: ArrayBufferView): unknown {
  const { buffer, byteOffset, byteLength } = bytes;
  const text = UTF8.decode(new Uint8Array(buffer, byteOffset, byteLength));
  return withoutSecrets(text) === text ? bytes : markOf({ kind: "encoded" });
}

function membersOf(object: object, bounds: Bounds): unknown {
  let changed = false;
  const entries = Object.entries(object).map(([name, value]) => {
    const clean = [cleanText(name), valueOf(value, name, bounds)] as const;
    changed ||= clean[0] !== name || clean[1] !== value;
    return clean;
  });
  return changed ? Object.fromEntries(entries) : object;
}
