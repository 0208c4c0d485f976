import type { Association } from "../operation.ts";
import { type AssociationKey, membersOf } from "../options/association-keys.ts";
import { OWN_SPELLINGS } from "../semconv/association.ts";
import { nearer, readAssociation, tagsOf } from "../telemetry/association.ts";
import { field } from "./read.ts";

/** Whose run it is, as its metadata and tags say, else as those of the run above. */
export function associationOf(
  { metadata, tags }: { readonly metadata: unknown; readonly tags: unknown },
  above: Association | undefined,
  allowed: readonly AssociationKey[],
): Association | undefined {
  const read = (name: string): unknown => field(metadata, name);
  const said = nearer(readAssociation(allowed, read), readAssociation(ALWAYS, read));
  const own = isTagged(allowed) ? ownTags(tags) : undefined;
  return nearer(own === undefined ? said : { ...said, tags: own }, above);
}

// --- internal ---

const ALWAYS = membersOf(OWN_SPELLINGS);

function isTagged(allowed: readonly AssociationKey[]): boolean {
  return allowed.some(({ to }) => "member" in to && to.member === "tags");
}

/** What LangChain and LangGraph tag runs with for themselves. */
const INTERNAL =
  /^(?:(?:seq:step|graph:step|map:key|retry:attempt|langsmith|branch|condition):|lc_|__)/;

function ownTags(tags: unknown): string[] | undefined {
  const own = (Array.isArray(tags) ? tags : []).filter(
    (tag) => typeof tag === "string" && !INTERNAL.test(tag),
  );
  return tagsOf(own);
}
