import { type Context, propagation, type TextMapGetter } from "@opentelemetry/api";

import { type Fields, fields } from "../langchain/read.ts";

/** Writes names and values into a carrier. May throw; the caller guards. */
export type Setter = (carrier: unknown, entries: readonly (readonly [string, string])[]) => void;

export const writeHeaders: Setter = (carrier, entries) => {
  const { set } = fields(carrier);
  for (const [name, value] of entries) {
    if (typeof set === "function") set.call(carrier, name, value);
    else writeField(carrier, name, value);
  }
};

/** Only lower-case names: another language's reader looks for exactly these. */
export const writeNats: Setter = (carrier, entries) => {
  const { set } = fields(carrier);
  if (typeof set !== "function")
    throw new TypeError("Expected NATS headers, such as headers() of @nats-io/nats-core makes");
  for (const [name, value] of entries) set.call(carrier, name, value);
};

/** The names in any case: proxies and languages differ. */
export function readHeaders(carrier: unknown, base: Context): Context {
  return isCarrier(carrier) ? propagation.extract(base, carrier, headerGetter) : base;
}

export function readNats(carrier: unknown, base: Context): Context {
  return isCarrier(carrier) ? propagation.extract(base, carrier, natsGetter) : base;
}

// --- internal ---

/** Longer than any header that a server accepts: somebody's attempt, or somebody's mistake. */
const LONGEST = 8192;
const MOST_NAMES = 1000;

const headerGetter: TextMapGetter<object> = {
  keys: (carrier) => namesOf(carrier),
  get: (carrier, name) => safely(() => textOf(readNamed(carrier, name))),
};

const natsGetter: TextMapGetter<object> = {
  keys: (carrier) => namesOf(carrier),
  get(carrier, name) {
    const { get } = fields(carrier);
    if (typeof get !== "function") return undefined;
    const read = (exact: string): string | string[] | undefined =>
      safely(() => textOf(get.call(carrier, exact)));
    // NATS keeps two spellings apart, and a writer in Go makes it "Traceparent".
    return read(name) ?? read(spellingOf(carrier, name) ?? name);
  },
};

function readNamed(carrier: object, name: string): unknown {
  const { get } = fields(carrier);
  if (typeof get === "function") return get.call(carrier, name);
  const exact = (carrier as Fields)[name];
  return exact ?? (carrier as Fields)[spellingOf(carrier, name) ?? name];
}

function spellingOf(carrier: object, name: string): string | undefined {
  return namesOf(carrier).find((each) => each.toLowerCase() === name.toLowerCase());
}

function namesOf(carrier: object): string[] {
  const names = safely(() => {
    const { keys } = fields(carrier);
    const listed =
      typeof keys === "function" ? (keys.call(carrier) as Iterable<unknown>) : Object.keys(carrier);
    const found: string[] = [];
    for (const name of listed) {
      if (typeof name === "string") found.push(name);
      if (found.length >= MOST_NAMES) break;
    }
    return found;
  });
  return names ?? [];
}

/** A header that came several times is a list, of which propagators know what to do. */
function textOf(value: unknown): string | string[] | undefined {
  if (typeof value === "string") return value !== "" && value.length <= LONGEST ? value : undefined;
  if (!Array.isArray(value)) return undefined;
  const texts = value.slice(0, 100).filter((item): item is string => typeof item === "string");
  return texts.length > 0 && texts.join(",").length <= LONGEST ? texts : undefined;
}

/** What a carrier's own code throws is as good as nothing there. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function writeField(carrier: unknown, name: string, value: string): void {
  if (!isCarrier(carrier) || Array.isArray(carrier))
    throw new TypeError("Expected headers: an object, a Headers or a Map");
  for (const each of namesOf(carrier)) {
    // Two spellings of one header would be two values on the wire.
    if (each !== name && each.toLowerCase() === name)
      delete (carrier as Record<string, unknown>)[each];
  }
  (carrier as Record<string, string>)[name] = value;
}

function isCarrier(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
