import type { Association } from "../operation.ts";
import { ASSOCIATION_PREFIX, SPELLINGS } from "../semconv/association.ts";

/** Where a value goes that the application allows, and by which names it is looked for. */
export interface AssociationKey {
  readonly to: { readonly member: AssociationMember } | { readonly attribute: string };
  readonly names: readonly string[];
}

interface MemberKey extends AssociationKey {
  readonly to: { readonly member: AssociationMember };
}

/** What the `association` option allows. A name that we know stands for all of its spellings. */
export function associationKeys(allowed: readonly string[]): readonly AssociationKey[] {
  const keys = new Map<string, AssociationKey>();
  for (const name of allowed) {
    const known = MEMBERS.find(({ names }) => names.includes(name));
    keys.set(known?.to.member ?? name, known ?? ownKey(name));
  }
  return [...keys.values()];
}

/** Keys that lead to members of the neutral record. */
export function membersOf(spellings: {
  readonly [member in AssociationMember]?: readonly string[];
}): readonly MemberKey[] {
  return Object.entries(spellings).map(([member, names]) => ({
    to: { member: member as AssociationMember },
    names,
  }));
}

/** Whether the name is one that we know. */
export function isKnownAssociation(name: string): boolean {
  return MEMBERS.some(({ names }) => names.includes(name));
}

export type AssociationMember = Exclude<keyof Association, "others">;

// --- internal ---

const MEMBERS = membersOf(SPELLINGS);

/** A name with a dot is an attribute's already. */
function ownKey(name: string): AssociationKey {
  const snake = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/[.-]/g, "_")
    .toLowerCase();
  const camel = snake.replaceAll(/_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
  return {
    to: { attribute: name.includes(".") ? name : `${ASSOCIATION_PREFIX}${name}` },
    names: [...new Set([name, snake, camel])],
  };
}
