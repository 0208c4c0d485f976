import { type Context, propagation } from "@opentelemetry/api";

import type { Association } from "../operation.ts";
import type { AssociationKey } from "../options/association-keys.ts";

/**
 * What metadata or baggage say of the allowed names, and of nothing else.
 *
 * @param read the value of a name, whatever it is
 */
export function readAssociation(
  keys: readonly AssociationKey[],
  read: (name: string) => unknown,
): Association | undefined {
  const found: { -readonly [member in keyof Association]: Association[member] } = {};
  const others: Record<string, string | number | boolean> = {};
  for (const { to, names } of keys) {
    for (const name of names) {
      const value = read(name);
      if ("attribute" in to) {
        const plain = plainOf(value);
        if (plain === undefined) continue;
        others[to.attribute] = plain;
        found.others = others;
      } else if (to.member === "tags") {
        const tags = tagsOf(value);
        if (tags === undefined) continue;
        found.tags = tags;
      } else {
        const plain = plainOf(value);
        if (plain === undefined) continue;
        found[to.member] = String(plain);
      }
      break;
    }
  }
  return isEmpty(found) ? undefined : found;
}

/** What is said nearer by beats what is said further away. */
export function nearer(
  near: Association | undefined,
  far: Association | undefined,
): Association | undefined {
  if (near === undefined || far === undefined) return near ?? far;
  const others =
    near.others === undefined || far.others === undefined
      ? (near.others ?? far.others)
      : { ...far.others, ...near.others };
  return { ...far, ...near, others };
}

/** What the baggage says, which comes over from other processes too. */
export function baggageAssociation(
  context: Context,
  keys: readonly AssociationKey[],
): Association | undefined {
  const baggage = keys.length === 0 ? undefined : propagation.getBaggage(context);
  if (baggage === undefined) return undefined;
  return readAssociation(keys, (name) => {
    const value = baggage.getEntry(name)?.value;
    return name === "tags" ? value?.split(",", MOST_TAGS) : value;
  });
}

/** Tags, at most 50, of at most 128 characters each. */
export function tagsOf(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value.slice(0, MOST_TAGS) : [value];
  const tags = list
    .filter((tag) => typeof tag === "string")
    .map((tag) => tag.trim().slice(0, LONGEST_TAG))
    .filter((tag) => tag !== "");
  return tags.length > 0 ? tags : undefined;
}

// --- internal ---

const MOST_TAGS = 50;
const LONGEST_TAG = 128;
const LONGEST_VALUE = 1000;

function plainOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === "string") return value === "" ? undefined : value.slice(0, LONGEST_VALUE);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "boolean" ? value : undefined;
}

function isEmpty(association: Association): boolean {
  for (const _ in association) return false;
  return true;
}
