import { dataUrl, type HashBudget, hashBudget, tellBlob } from "../blob.ts";

/**
 * Images, sounds and files that stand in what nobody reads as messages: in a text as `data:` URLs, in an object as base64
 * beside their MIME type. They are told and not shown: `[blob image/png, 1234 bytes, sha256 …]`.
 */
export class EmbeddedData {
  readonly #budget: HashBudget = hashBudget();

  /** The text with no data in its URLs. */
  text(text: string): string {
    if (!MARKED.test(text)) return text;
    return text.replaceAll(DATA_URL, (url) => {
      const { mimeType, data = "" } = dataUrl(url) ?? {};
      return tellBlob({ mimeType, data }, this.#budget);
    });
  }

  /** What stands for an object's member when it is the data that the object is about; any other as it is. */
  member(object: object, name: string, value: unknown): unknown {
    if (typeof value !== "string" || !DATA.has(name) || !isBase64(value)) return value;
    const of = kindOf(object);
    return of === undefined ? value : tellBlob({ ...of, data: value }, this.#budget);
  }
}

// --- internal ---

const MARKED = /;base64,/i;
/** Each repetition is bounded or ends at what it cannot hold, so the work is linear. */
const DATA_URL = /data:[\w.+/-]{0,127}(?:;[^;,\s]{1,64}){0,2};base64,[\w+/%=-]*/gi;

const DATA: ReadonlySet<string> = new Set(["data", "blob", "result", "bytes", "file_data"]);
const MIME: readonly string[] = ["mimeType", "mime_type", "mediaType", "media_type", "contentType"];
const SHORTEST = 64;

function isBase64(text: string): boolean {
  return text.length >= SHORTEST && /^[\w+/-]+={0,2}$/.test(text);
}

/** What is known of the data; `undefined` when the object is not about data. */
function kindOf(object: object): { readonly mimeType: string | undefined } | undefined {
  const mimeType = MIME.map((name) => own(object, name)).find((value) => value !== undefined);
  if (mimeType !== undefined) return { mimeType };
  // {type: "image_generation_call", result}, {type: "base64", data}
  const isMedia = /image|audio|video|file|base64|screenshot/i.test(own(object, "type") ?? "");
  return isMedia ? { mimeType: undefined } : undefined;
}

/** Asks no getter. */
function own(object: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value;
  return typeof value === "string" ? value : undefined;
}
