import { blobPart, dataUrl, type HashBudget, modalityOf } from "../../content/blob.ts";
import type { Modality, Part } from "../../content/message.ts";
import { type Fields, fields, first, string } from "../read.ts";

/** How content is read. */
export interface Reading {
  /** Characters of base64 that may stand in a message; 0 for none. */
  readonly blobs: number;
  /** What may still be hashed of it. */
  readonly hashing?: HashBudget | undefined;
  /** How deep in other blocks. */
  readonly depth?: number | undefined;
}

/** Images, sounds, films and files, in all the ways in which they are written. */
export function mediaPart(
  block: Fields,
  type: string | undefined,
  reading: Reading,
): Part | undefined {
  const named = MEDIA[type ?? ""];
  if (named === undefined) return undefined;
  // {image_url: "…"}, {image_url: {url}}, {source: {…}}, {input_audio: {data, format}}, {file: {…}}, or in the block
  const nested = block[type ?? ""] ?? block["source"];
  const inner: Fields = { ...block, ...fields(nested), ...fields(block["file"]) };
  // A file that is a text is read as one.
  if (fields(nested)["type"] === "text" || block["source_type"] === "text") {
    const content = first(string(fields(nested)["data"]), string(inner["text"]));
    return { type: "text", content: content ?? "" };
  }
  const mimeType = first(
    string(inner["mimeType"]),
    string(inner["mime_type"]),
    string(inner["media_type"]),
    formatOf(inner["format"] ?? inner["output_format"], named),
  );
  const modality = named === "any" ? modalityOf(mimeType) : named;
  const mime = mimeType === undefined ? {} : { mime_type: mimeType };
  const url = first(
    string(nested),
    string(inner["url"]),
    string(inner["image_url"]),
    string(inner["file_url"]),
    s3Uri(inner) ?? s3Uri(fields(inner["source"])),
  );
  const bytes = first(
    binary(inner["data"]),
    binary(inner["file_data"]),
    type === "image_generation_call" ? binary(inner["result"]) : undefined,
    binary(fields(inner["source"])["bytes"]),
  );
  const inUrl = first(url, typeof bytes === "string" ? bytes : undefined);
  const embedded = inUrl === undefined ? undefined : dataUrl(inUrl);
  if (embedded !== undefined) {
    const from = embedded.mimeType ?? mimeType;
    const kind = named === "any" ? modalityOf(from) : modality;
    const blob = { modality: kind, mimeType: from, data: embedded.data };
    return blobPart(blob, reading.blobs, reading.hashing);
  }
  if (bytes !== undefined)
    return blobPart({ modality, mimeType, data: bytes }, reading.blobs, reading.hashing);
  if (url !== undefined) return { type: "uri", modality, ...mime, uri: url };
  const file = first(
    string(inner["file_id"]),
    string(inner["fileId"]),
    inner["source_type"] === "id" ? string(inner["id"]) : undefined,
  );
  if (file !== undefined) return { type: "file", modality, ...mime, file_id: file };
  return { type: type ?? "media", modality, ...mime };
}

// --- internal ---

const MEDIA: Readonly<Record<string, Modality | "any">> = {
  image: "image",
  image_url: "image",
  input_image: "image",
  computer_screenshot: "image",
  image_generation_call: "image",
  audio: "audio",
  input_audio: "audio",
  video: "video",
  file: "any",
  input_file: "any",
  document: "document",
  media: "any",
};

function formatOf(format: unknown, modality: Modality | "any"): string | undefined {
  const name = string(format);
  if (name === undefined) return undefined;
  if (name.includes("/")) return name;
  return modality === "any" || modality === "document"
    ? `application/${name}`
    : `${modality}/${name}`;
}

/** Bedrock's. */
function s3Uri(source: Fields): string | undefined {
  return string(fields(source["s3Location"])["uri"]);
}

function binary(value: unknown): string | Uint8Array | undefined {
  if (typeof value === "string" && value !== "") return value;
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}
