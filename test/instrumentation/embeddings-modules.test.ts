import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EmbeddingsServer, startEmbeddingsServer } from "../support/embeddings-server.ts";

let server: EmbeddingsServer;
beforeAll(async () => {
  server = await startEmbeddingsServer();
});
afterAll(() => server.close());

const PROGRAM = join(import.meta.dirname, "programs/embeddings.mjs");

/** The spans of a call attached, detached, and attached again. */
async function spans(...args: string[]): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, EMBEDDINGS_URL: `${server.url}/v1` },
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const traced = [["embeddings text-embedding-3-small", 7]];

describe("a provider's embeddings class is attached to when the application loads it", () => {
  it("by import, from its first call on", async () => {
    expect(await spans("esm")).toEqual([traced, [], traced]);
  });

  it("by require, from its first call on", async () => {
    expect(await spans("cjs")).toEqual([traced, [], traced]);
  });
});

describe("a provider's embeddings class that is loaded already", () => {
  it("by require, is attached to", async () => {
    expect(await spans("cjs", "loaded-before")).toEqual([traced, [], traced]);
  });

  it("by import, cannot be reached", async () => {
    expect(await spans("esm", "loaded-before")).toEqual([[], [], []]);
  });
});
