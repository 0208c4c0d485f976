import { CONTENT } from "../semconv/content.ts";
import { type HashBudget, hashBudget } from "./blob.ts";
import type { RunContent } from "./run-content.ts";
import { shrink } from "./shrink.ts";
import type { Uploader } from "./upload.ts";

/** Characters of what is uploaded. A bound has to be, and no context window is longer. */
export const LONGEST_UPLOAD: number = 16 * 1024 * 1024;

/** One value, ready to be written. */
export interface WrittenValue {
  /** Plain data: redacted, and no longer than it may be. */
  readonly value: unknown;
  /** The same as JSON text. */
  readonly json: string;
  /** Where the whole of it is, when it was uploaded; the value is then not written. */
  readonly reference?: string | undefined;
}

/** What was said, ready to be written. */
export type WrittenContent = { readonly [member in keyof RunContent]?: WrittenValue };

/** Takes out what must not leave the process. */
export interface Redaction {
  /**
   * A copy of the value without what must not leave, plain data throughout; `undefined` when nothing is left.
   *
   * @param where the attribute that the value is for
   */
  redact(
    value: unknown,
    where: string,
  ): { readonly value: unknown; readonly counts: ReadonlyMap<string, number> };
}

/** How much of what was said is read. */
export interface ContentReading {
  /** Characters of one value. */
  readonly most: number;
  /** Characters of base64 that may stand in a message; 0 for none. */
  readonly blobs: number;
  /** What may still be hashed of them. */
  readonly hashing: HashBudget;
  /** Whether any vocabulary has a place for what chains of no convention work on. */
  readonly values: boolean;
}

/** Reads what was said, when it is known that somebody wants it. */
export type ReadContent = (reading: ContentReading) => RunContent;

export interface ContentPolicyParts {
  readonly redaction: Redaction;
  readonly maxLength: number;
  readonly blobs: boolean;
  readonly values: boolean;
  readonly upload: Uploader | undefined;
}

/** Decides what of a run's content is written. Everything passes here before it reaches a span, an event or an upload. */
export class ContentPolicy {
  readonly #parts: ContentPolicyParts;
  readonly #most: number;

  constructor(parts: ContentPolicyParts) {
    this.#parts = parts;
    this.#most = parts.upload === undefined ? parts.maxLength : LONGEST_UPLOAD;
  }

  /** Anew for each time that something is read: what may be hashed is used up. */
  get reading(): ContentReading {
    const { blobs, values } = this.#parts;
    const most = this.#most;
    return { most, blobs: blobs ? most : 0, hashing: hashBudget(), values };
  }

  /**
   * @param place whose it is; for uploads
   * @param redacted told what was taken out
   */
  written(
    content: RunContent,
    place: { readonly traceId: string; readonly spanId: string },
    redacted: (counts: ReadonlyMap<string, number>) => void,
  ): WrittenContent {
    const written: Record<string, WrittenValue> = {};
    for (const [member, said] of Object.entries(content)) {
      if (said === undefined) continue;
      const attribute = CONTENT[member as keyof typeof CONTENT] ?? member;
      const { value, counts } = this.#parts.redaction.redact(said, attribute);
      if (counts.size > 0) redacted(counts);
      const json = JSON.stringify(value) as string | undefined;
      if (json !== undefined) written[member] = this.#fitted(value, json, attribute, place);
    }
    return written;
  }

  #fitted(
    value: unknown,
    json: string,
    attribute: string,
    place: { readonly traceId: string; readonly spanId: string },
  ): WrittenValue {
    const { maxLength, upload } = this.#parts;
    if (json.length <= maxLength) return { value, json };
    const name = `${place.traceId}/${place.spanId}/${attribute}.json`;
    const uploaded = { name, ...place, attribute, content: json } as const;
    const reference = upload?.({ ...uploaded, contentType: "application/json" });
    if (reference !== undefined) return { value, json, reference };
    const shrunk = shrink(value, maxLength);
    return { value: shrunk, json: JSON.stringify(shrunk) };
  }
}
