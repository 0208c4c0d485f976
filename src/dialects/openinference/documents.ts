import type { Attributes } from "@opentelemetry/api";

import { OPENINFERENCE, OPENINFERENCE_ITEM as ITEM } from "../../semconv/openinference.ts";
import { membersOf, textOf } from "./plain.ts";

/** What was found, from the first document on, as many as there is room for. */
export function documentAttributes(documents: readonly unknown[], room: number): Attributes {
  const attributes: Attributes = {};
  for (const [at, document] of documents.slice(0, Math.floor(room / MEMBERS)).entries()) {
    const { id, score, content, metadata } = membersOf(document);
    const said = {
      [ITEM.documentId]: textOf(id),
      [ITEM.documentScore]: typeof score === "number" ? score : undefined,
      [ITEM.documentContent]: textOf(content),
      [ITEM.documentMetadata]: metadata === undefined ? undefined : JSON.stringify(metadata),
    };
    for (const [name, value] of Object.entries(said))
      if (value !== undefined)
        attributes[`${OPENINFERENCE.retrievalDocuments}${at}${name}`] = value;
  }
  return attributes;
}

// --- internal ---

/** Of one document. */
const MEMBERS = 4;
