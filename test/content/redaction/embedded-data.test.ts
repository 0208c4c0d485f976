import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { ContentRedactor } from "../../../src/content/redaction.ts";

const bytes = Buffer.from("not really a picture, but long enough to be taken for one");
const data = bytes.toString("base64");
const told = (kind = "image/png") =>
  `[blob ${kind}, ${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}]`;

function left(value: unknown, blobs = false): unknown {
  return new ContentRedactor(undefined, { maxLength: 50_000, blobs }).redact(value, "said").value;
}

describe("data in what was said is told and not shown:", () => {
  const source = { type: "base64", media_type: "image/png", data };

  it.each<[string, unknown, unknown]>([
    ["a data URL", `data:image/png;base64,${data}`, told()],
    [
      "data URLs in a text",
      `![a](data:image/png;base64,${data}) and ![b](DATA:image/png;name=b.png;base64,${data})`,
      `![a](${told()}) and ![b](${told()})`,
    ],
    ["a data URL without a type", `data:;base64,${data}`, told("of unknown type")],
    [
      "a data URL in JSON",
      JSON.stringify({ url: `data:image/png;base64,${data}` }),
      JSON.stringify({ url: told() }),
    ],
    [
      "a tool's block",
      [{ type: "image", source }],
      [{ type: "image", source: { ...source, data: told() } }],
    ],
    [
      "a resource",
      { resource: { uri: "file:a", mimeType: "application/pdf", blob: data } },
      { resource: { uri: "file:a", mimeType: "application/pdf", blob: told("application/pdf") } },
    ],
    [
      "a picture that was made",
      { type: "image_generation_call", result: data },
      { type: "image_generation_call", result: told("of unknown type") },
    ],
  ])("%s", (_, value, expected) => {
    expect(left(value)).toEqual(expected);
    expect(left(value, true)).toEqual(value);
  });

  it("and nothing else is taken for data", () => {
    const values = [
      { data },
      { mimeType: "text/plain", data: "Once upon a time" },
      { mimeType: "text/plain", text: data },
      "data: image/png;base64, is how it begins",
    ];
    expect(left(values)).toEqual(values);
  });

  it("without a hash beyond 16 MB in all", () => {
    const large = Buffer.alloc(9 * 1024 * 1024).toString("base64");
    const [first, second] = left([0, 1].map(() => `data:image/png;base64,${large}`)) as string[];
    expect(first).toMatch(/^\[blob image\/png, 9437184 bytes, sha256 [0-9a-f]{64}\]$/);
    expect(second).toBe("[blob image/png, 9437184 bytes]");
  });
});
