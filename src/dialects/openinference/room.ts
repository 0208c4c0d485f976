import type { RunRequest } from "../../operation.ts";

/** How many attributes may be spent on lists. */
export interface Room {
  /** For what goes into a model, tools included. */
  readonly input: number;
  readonly tools: number;
  readonly output: number;
  readonly documents: number;
}

/**
 * An SDK drops what comes after a span's 128th attribute, which would be how the call ended: so much is left over for
 * all that is no list. What the request has not said needs no room.
 */
export function roomFor(request: RunRequest): Room {
  const { association } = request;
  const said = [request, association, association?.others].map(members);
  const room = said.reduce((left, count) => left - count, LIMIT - OTHERS);
  return { input: Math.max(0, room - OUTPUT), tools: TOOLS, output: OUTPUT, documents: DOCUMENTS };
}

// --- internal ---

function members(object: object | undefined): number {
  return Object.values(object ?? {}).filter((value) => value !== undefined).length;
}

/** "AttributeCountLimit (Default=128)" */
const LIMIT = 128;
/** How a call can end, in all vocabularies at once; content as values; and what is on every span. */
const OTHERS = 68;
const TOOLS = 10;
const OUTPUT = 16;
/** Twenty documents with all that they can have. Retrievals have little else. */
const DOCUMENTS = 80;
