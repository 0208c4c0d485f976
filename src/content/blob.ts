import type { BlobPart, Modality, OtherPart } from "./message.ts";
import { nodeModule } from "./node-module.ts";

/** Bytes that stand in a message: as base64 or as they are. */
export interface Blob {
  readonly modality: Modality;
  readonly mimeType: string | undefined;
  readonly data: string | Uint8Array;
}

/** Bytes that may still be hashed in one call: a conversation brings its screenshots along again with each. */
export interface HashBudget {
  left: number;
}

export function hashBudget(): HashBudget {
  return { left: MOST_HASHED };
}

/**
 * An image, a sound or a file, told apart from others by its hash and not shown: `{ type: "blob_reference", modality,
 * mime_type, size, sha256 }`, size in bytes. The hash is absent where there is no Node, and
 * for what is beyond 16 MB in all.
 *
 * @param whole the data itself is wanted, as long as it is no longer than this many characters of base64
 * @param budget of the call that it is in
 */
export function blobPart(
  { modality, mimeType, data }: Blob,
  whole = 0,
  budget: HashBudget = hashBudget(),
): BlobPart | OtherPart {
  const size = typeof data === "string" ? sizeOfBase64(data) : data.byteLength;
  const mime = mimeType === undefined ? {} : { mime_type: mimeType.slice(0, 128) };
  if (size * 1.4 <= whole) return { type: "blob", modality, ...mime, content: base64(data) };
  const sha256 = hash(data, size, budget);
  const told = sha256 === undefined ? {} : { sha256 };
  return { type: "blob_reference", modality, ...mime, size, ...told };
}

/** The same where only a text can stand: `[blob image/png, 1234 bytes, sha256 …]`. */
export function tellBlob(
  { mimeType, data }: { readonly mimeType: string | undefined; readonly data: string },
  budget: HashBudget,
): string {
  const size = sizeOfBase64(data);
  const sha256 = hash(data, size, budget);
  const told = sha256 === undefined ? "" : `, sha256 ${sha256}`;
  return `[blob ${mimeType?.slice(0, 128) ?? "of unknown type"}, ${size} bytes${told}]`;
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

const MOST_HASHED = 16 * 1024 * 1024;

interface Hash {
  update(data: string | Uint8Array, encoding?: string): Hash;
  digest(encoding: "hex"): string;
}

function hash(data: string | Uint8Array, size: number, budget: HashBudget): string | undefined {
  if (size > budget.left) return undefined;
  budget.left -= size;
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
