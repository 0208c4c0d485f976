import { markOf } from "./detection/detection.ts";
import { isLikelySecret, isMark, secrecyOf } from "./detectors/secret-words.ts";
import { EmbeddedData } from "./redaction/embedded-data.ts";
import { memberNames, nameInPair } from "./redaction/member-name.ts";
import { endsAs, type PathPattern, pathPattern, type Step, written } from "./redaction/path.ts";
import { bytesIn, shapeOf, UNREADABLE } from "./redaction/plain-data.ts";
import { checkRedact, type RedactOption } from "./redaction/redact-option.ts";
import { TextRedactor, truncated } from "./redaction/text-redactor.ts";

export interface Redacted<T> {
  /** A copy as plain data; `undefined` when all of it was dropped. */
  readonly value: T | undefined;
  /** How often each kind was taken out. `failed`: values that were dropped since they could not be checked. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface RedactorBounds {
  /** Characters of one text. */
  readonly maxLength: number;
  /** Whether images, sounds and files may be shown; by default they are told only. */
  readonly blobs?: boolean | undefined;
}

/**
 * Makes a copy of what was said, without what must not leave the process. The copy is plain data: strings, numbers,
 * `true` and `false`, `null`, lists and objects, no deeper and no longer than a bound. Never throws, never changes what
 * it is given, and lets nothing through that it could not check.
 */
export class ContentRedactor {
  readonly #texts: TextRedactor;
  readonly #rules: readonly CompiledRule[];
  readonly #most: number;
  readonly #blobs: boolean;

  /**
   * @param option `undefined` is the default: e-mail, phone, card, IBAN, IP, keys and tokens
   * @throws TypeError for what is no `redact` option
   */
  constructor(option: RedactOption | undefined, { maxLength, blobs = false }: RedactorBounds) {
    this.#blobs = blobs;
    if (option !== undefined) checkRedact(option);
    this.#texts = new TextRedactor(option, maxLength);
    this.#most = Math.max(MOST_CHARACTERS, maxLength * 2);
    this.#rules = (option === false || option === undefined ? [] : option).flatMap((item) => {
      const path = typeof item === "object" && "path" in item ? pathPattern(item.path) : undefined;
      return path === undefined
        ? []
        : [{ path, put: (item as { replace?: string }).replace ?? markOf({ kind: "path" }) }];
    });
  }

  /** @param where the attribute that the value is for, such as `gen_ai.input.messages` */
  redact<T>(value: T, where: string): Redacted<T> {
    const copying = new Copying(this.#texts, this.#rules, this.#most, where, this.#blobs);
    return { value: copying.copy(value) as T | undefined, counts: copying.counts };
  }
}

// --- internal ---

interface CompiledRule {
  readonly path: PathPattern;
  readonly put: string;
}

/** Bounds of one value: of its depth, its members and items, and the characters that are read of it. */
const DEEPEST = 64;
const MOST_NODES = 200_000;
const MOST_CHARACTERS = 1_000_000;
/** As a number a card is at least so long. */
const LONG_NUMBER = 1e11;

const UTF8 = new TextDecoder();
/** Stands for what a function or a rule of the user's dropped. */
const DROPPED = Symbol("dropped");

class Copying {
  readonly counts = new Map<string, number>();
  readonly #texts: TextRedactor;
  readonly #rules: readonly CompiledRule[];
  readonly #path: Step[];
  readonly #above = new Set<object>();
  /** Where data is not to be shown. */
  readonly #embedded: EmbeddedData | undefined;
  #nodes = MOST_NODES;
  #characters: number;

  constructor(
    texts: TextRedactor,
    rules: readonly CompiledRule[],
    characters: number,
    where: string,
    blobs: boolean,
  ) {
    this.#embedded = blobs ? undefined : new EmbeddedData();
    this.#texts = texts;
    this.#rules = rules;
    this.#characters = characters;
    this.#path = where.split(".");
  }

  copy(value: unknown): unknown {
    const left = this.#value(value, undefined);
    return left === DROPPED ? undefined : left;
  }

  /** @param name of the member that it is, or of the one that it is in a list of */
  #value(value: unknown, name: string | undefined): unknown {
    try {
      this.#nodes -= 1;
      if (this.#nodes < 0) return typeof value === "object" ? null : undefined;
      const rule = this.#rules.find(({ path }) => endsAs(path, this.#path));
      if (rule !== undefined) return this.#taken("path", rule.put);
      return this.#kept(value, name);
    } catch {
      return this.#taken("failed", markOf({ kind: "failed" }));
    }
  }

  #kept(value: unknown, name: string | undefined): unknown {
    switch (typeof value) {
      case "string":
        return this.#text(value, name);
      case "number":
        return this.#number(value, name);
      case "bigint":
        return this.#text(String(value), name);
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.#object(value, name);
      default:
        return undefined;
    }
  }

  #number(value: number, name: string | undefined): unknown {
    if (!Number.isFinite(value)) return null;
    if (name !== undefined && secrecyOf(name) === "certain") {
      return this.#taken("credential", markOf({ kind: "credential" }));
    }
    if (Math.abs(value) < LONG_NUMBER) return value;
    const text = String(value);
    const left = this.#text(text, undefined);
    return left === text ? value : left;
  }

  #text(said: string, name: string | undefined): unknown {
    if (said === "") return said;
    if (name !== undefined && isSecretOf(name, said)) {
      return this.#taken("credential", markOf({ kind: "credential" }));
    }
    if (this.#characters <= 0) return truncated(said);
    const text = this.#embedded?.text(said) ?? said;
    this.#characters -= text.length;
    const inside = this.#rules.length > 0 ? this.#insideJson(text) : undefined;
    return this.#redacted(inside ?? text, () => written(this.#path));
  }

  #redacted(text: string, where?: () => string): unknown {
    return this.#texts.redact(text, where, (kind, times) => this.#count(kind, times)) ?? DROPPED;
  }

  /** Rules of paths go on in a text that is JSON. */
  #insideJson(text: string): string | undefined {
    if (!/^\s*[[{]/.test(text)) return undefined;
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch {
      return undefined;
    }
    const left = JSON.stringify(this.#object(said as object, undefined));
    return left === JSON.stringify(said) ? undefined : left;
  }

  #object(object: object, name: string | undefined): unknown {
    if (this.#above.has(object)) return "[circular]";
    if (this.#above.size >= DEEPEST) return "[too deep]";
    this.#above.add(object);
    try {
      return this.#shaped(object, name);
    } finally {
      this.#above.delete(object);
    }
  }

  #shaped(object: object, name: string | undefined): unknown {
    const shape = readable(() => shapeOf(object));
    if (shape === undefined) return UNREADABLE;
    switch (shape.is) {
      case "text":
        return this.#text(shape.text, name);
      case "bytes":
        return `[binary, ${shape.length} bytes]`;
      case "list":
        return this.#list(object, shape.items, name);
      case "members": {
        const said = readable(() => saidBy(object));
        if (said === undefined) return UNREADABLE;
        return said === object
          ? this.#members(shape.entries, object, name)
          : this.#kept(said, name);
      }
    }
  }

  #list(list: object, items: Iterable<unknown>, name: string | undefined): unknown {
    const bytes = Array.isArray(list) ? bytesIn(list) : undefined;
    if (bytes !== undefined && this.#hides(UTF8.decode(bytes))) return markOf({ kind: "encoded" });
    const named = Array.isArray(list) ? nameInPair(list) : undefined;
    const copy: unknown[] = [];
    let index = 0;
    for (const item of items) {
      if (this.#nodes <= 0) break;
      this.#path.push(index);
      const left = this.#value(item, index === 1 ? (named ?? name) : name);
      this.#path.pop();
      copy.push(left === undefined || left === DROPPED ? null : left);
      index += 1;
    }
    return copy;
  }

  #members(
    entries: Iterable<readonly [string, unknown]>,
    of: object,
    above: string | undefined,
  ): unknown {
    const copy: Record<string, unknown> = {};
    const members = first(this.#nodes, entries);
    const nameOf = memberNames(members, above);
    let place = 0;
    for (const [name, value] of members) {
      if (this.#nodes <= 0) break;
      this.#path.push(name);
      const told = this.#embedded?.member(of, name, value) ?? value;
      const left = this.#value(told, nameOf(name));
      this.#path.pop();
      place += 1;
      if (left === undefined) continue;
      put(copy, this.#name(name), left === DROPPED ? markOf({ kind: "dropped" }) : left, place);
    }
    return copy;
  }

  #name(name: string): string {
    const left = name === "" ? name : this.#redacted(name);
    return typeof left === "string" ? left : markOf({ kind: "dropped" });
  }

  #hides(text: string): boolean {
    const before = this.counts.size;
    return this.#redacted(text) !== text || this.counts.size !== before;
  }

  #taken(kind: string, mark: string): string {
    this.#count(kind, 1);
    return mark;
  }

  #count(kind: string, times: number): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times);
  }
}

function first<T>(most: number, items: Iterable<T>): T[] {
  const kept: T[] = [];
  for (const item of items) {
    if (kept.length >= most) break;
    kept.push(item);
  }
  return kept;
}

function isSecretOf(name: string, text: string): boolean {
  if (isMark(text)) return false;
  const secrecy = secrecyOf(name);
  return secrecy === "certain" || (secrecy === "likely" && isLikelySecret(text));
}

/** What an object wants JSON to have for it. */
function saidBy(object: object): unknown {
  const { toJSON } = object as { toJSON?: unknown };
  return typeof toJSON === "function" ? (toJSON.call(object, "") as unknown) : object;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Two addresses as names become the same mark: none hides the other. */
function put(copy: Record<string, unknown>, name: string, value: unknown, place: number): void {
  const free = Object.hasOwn(copy, name) ? `${name}#${place}` : name;
  if (free !== "__proto__") copy[free] = value;
  else {
    const own = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(copy, free, own);
  }
}
