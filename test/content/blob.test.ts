import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, it } from "vitest";

import { blobPart, dataUrl, modalityOf } from "../../src/content/blob.ts";

it("tells a blob by its type, its size and its hash, and does not show it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      const expected = {
        type: "blob_reference",
        modality: "image",
        mime_type: "image/png",
        size: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
      const blob = { modality: "image", mimeType: "image/png" } as const;
      expect(blobPart({ ...blob, data: bytes })).toEqual(expected);
      expect(blobPart({ ...blob, data: Buffer.from(bytes).toString("base64") })).toEqual(expected);
    }),
  );
});

it("shows it where that was asked for, as long as there is room", () => {
  const bytes = new Uint8Array([1, 2, 3, 250]);
  const data = Buffer.from(bytes).toString("base64");
  const shown = { type: "blob", modality: "audio", content: data };
  expect(blobPart({ modality: "audio", mimeType: undefined, data }, 100)).toEqual(shown);
  expect(blobPart({ modality: "audio", mimeType: undefined, data: bytes }, 100)).toEqual(shown);
  expect(blobPart({ modality: "audio", mimeType: undefined, data }, 5)).toEqual({
    type: "blob_reference",
    modality: "audio",
    size: 4,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
});

it.each([
  ["data:image/png;base64,AAAA", { mimeType: "image/png", data: "AAAA" }],
  ["DATA:;base64,AAAA", { mimeType: undefined, data: "AAAA" }],
  ["data:image/png", undefined],
  ["https://example.com/a.png", undefined],
])("reads %s", (url, expected) => {
  expect(dataUrl(url)).toEqual(expected);
});

it.each([
  ["image/png", "image"],
  ["audio/wav", "audio"],
  ["video/mp4", "video"],
  ["application/pdf", "document"],
  [undefined, "document"],
])("%s is of the modality %s", (mimeType, modality) => {
  expect(modalityOf(mimeType)).toBe(modality);
});
