import type { BlobPart, Modality, OtherPart } from "./message.ts";
import { nodeModule } from "./node-module.ts";

/** Bytes that stand in a message: as base64 or as they are. */
export interface Blob {
  readonly modality: Modality;
  readonly mimeType: string | undefined;
  readonly data: string | Uint8Array;
}

/**
 * An image, a sound or a file, told apart from others by its hash and not shown: `{ type: "blob_reference", modality,
 * mime_type, size, sha256 }`, size in bytes. The hash is absent where there is no Node, and for more than 64 MB.
 *
 * @param whole the data itself is wanted, as long as it is no longer than this many characters of base64
 */
export function blobPart({ modality, mimeType, data }: Blob, whole = 0): BlobPart | OtherPart {
  const size = typeof data === "string" ? sizeOfBase64(data) : data.byteLength;
  const mime = mimeType === undefined ? {} : { mime_type: mimeType.slice(0, 128) };
  if (size * 1.4 <= whole) return { type: "blob", modality, ...mime, content: base64(data) };
  const sha256 = size > LARGEST_HASHED ? undefined : hash(data);
  const told = sha256 === undefined ? {} : { sha256 };
  return { type: "blob_reference", modality, ...mime, size, ...told };
}

/** What kind of data a MIME type is. */
export function modalityOf(mimeType: string | undefined): Modality {
  const [kind] = mimeType?.split("/") ?? [];
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

/** `data:{type};base64,{data}`, or `undefined` for any other URL. */
export function dataUrl(url: string): { mimeType: string | undefined; data: string } | undefined {
  if (!/^data:/i.test(url)) return undefined;
  const comma = url.slice(0, 300).indexOf(",");
  if (comma === -1) return undefined;
  const [mimeType = ""] = url.slice(5, comma).split(";");
  return { mimeType: mimeType === "" ? undefined : mimeType, data: url.slice(comma + 1) };
}

// --- internal ---

const LARGEST_HASHED = 64 * 1024 * 1024;

interface Hash {
  update(data: string | Uint8Array, encoding?: string): Hash;
  digest(encoding: "hex"): string;
}

function hash(data: string | Uint8Array): string | undefined {
  const crypto = nodeModule("node:crypto") as { createHash(name: string): Hash } | undefined;
  const made = crypto?.createHash("sha256");
  const fed = typeof data === "string" ? made?.update(data, "base64") : made?.update(data);
  return fed?.digest("hex");
}

function sizeOfBase64(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor(((text.length - padding) * 3) / 4));
}

function base64(data: string | Uint8Array): string {
  if (typeof data === "string") return data;
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}
