import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { UploadedContent } from "../../src/content/upload.ts";
import { uploader } from "../../src/content/uploader.ts";
import { deferred } from "../support/deferred.ts";

const error = vi.fn();
let folder: string;

beforeEach(async () => {
  error.mockClear();
  diag.setLogger(
    { ...console, verbose: vi.fn(), error },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  folder = await mkdtemp(path.join(tmpdir(), "langchain-otel-upload-"));
});
afterEach(async () => {
  diag.disable();
  await rm(folder, { recursive: true });
});

const [traceId, spanId] = ["1".repeat(32), "2".repeat(16)];
const content: UploadedContent = {
  name: `${traceId}/${spanId}/gen_ai.input.messages.json`,
  traceId,
  spanId,
  attribute: "gen_ai.input.messages",
  content: "[]",
  contentType: "application/json",
};

it("hands content to a function, whose answer is the reference", () => {
  const upload = vi.fn(() => "s3://bucket/1");
  expect(uploader(upload)(content)).toBe("s3://bucket/1");
  expect(upload.mock.calls).toEqual([[content]]);
});

it("refers to content by its name where the function answers later, or nothing", () => {
  expect(uploader(async () => "later")(content)).toBe(content.name);
  expect(uploader(() => undefined)(content)).toBe(content.name);
});

it("takes nothing that a function does not take, and says so once", async () => {
  const fails = uploader(() => {
    throw new Error("full");
  });
  expect(fails(content)).toBeUndefined();
  expect(fails(content)).toBeUndefined();
  const rejects = uploader(async () => Promise.reject(new Error("gone")));
  expect(rejects(content)).toBe(content.name);
  await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(2));
  expect(error.mock.calls.map(([message]) => String(message))).toEqual([
    "langchain-otel: uploading content failed; some of it may be missing",
    "langchain-otel: uploading content failed; some of it may be missing",
  ]);
});

it("has no more than 64 uploads under way", async () => {
  const { promise, resolve } = deferred();
  const upload = uploader(() => promise);
  const taken = Array.from({ length: 70 }, () => upload(content));
  expect(taken.filter((reference) => reference !== undefined)).toHaveLength(64);
  resolve();
  await promise;
  await vi.waitFor(() => expect(upload(content)).toBe(content.name));
});

it.each(["", "/"])("writes it into a folder that only its owner can read (%j)", async (slash) => {
  const url = `${pathToFileURL(path.join(folder, "deep")).href}${slash}`;
  const reference = uploader(url)(content);
  expect(reference).toBe(pathToFileURL(path.join(folder, "deep", content.name)).href);
  const file = new URL(reference ?? "");
  await vi.waitFor(async () => expect(await readFile(file, "utf8")).toBe("[]"));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(path.join(folder, "deep", traceId))).toEqual([spanId]);
});

it("reports a folder that cannot be written", async () => {
  const file = path.join(import.meta.filename, "no-folder");
  uploader(pathToFileURL(file))(content);
  await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(1));
});

it("needs a file system for a folder", () => {
  vi.stubGlobal("process", { getBuiltinModule: undefined });
  try {
    expect(() => uploader("file:///data")).toThrow(
      "Expected the `upload` option to be a function: there is no file system here",
    );
  } finally {
    vi.unstubAllGlobals();
  }
});
