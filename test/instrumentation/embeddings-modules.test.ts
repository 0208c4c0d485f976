import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { type EmbeddingsServer, startEmbeddingsServer } from "../support/embeddings-server.ts";

let server: EmbeddingsServer;
beforeAll(async () => {
  server = await startEmbeddingsServer();
});
afterAll(() => server.close());

const PROGRAM = join(import.meta.dirname, "programs/embeddings.mjs");

/** The spans of a call attached, detached, and attached again. */
async function spans(form: string, order = "", flags: readonly string[] = []): Promise<unknown> {
  const args = [...flags, PROGRAM, form, order];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
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

  it("by import, is attached to", async () => {
    expect(await spans("esm", "loaded-before")).toEqual([traced, [], traced]);
  });

  it("by import, is attached to when it was loaded while we were detached", async () => {
    expect(await spans("esm", "loaded-between")).toEqual([[], [], traced]);
  });

  it("by import, cannot be reached where Node allows no debugger", async () => {
    const flags = ["--permission", "--allow-fs-read=*"];
    expect(await spans("esm", "loaded-before", flags)).toEqual([[], [], []]);
  });
});

describe("a package with embeddings that is imported", () => {
  let folder: string;
  let instrumentation: LangChainInstrumentation;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "langchain-otel-"));
    await mkdir(join(folder, "node_modules/@langchain/house/dist"), { recursive: true });
    instrumentation = new LangChainInstrumentation();
    await instrumentation.ready;
  });
  afterAll(async () => {
    instrumentation.disable();
    await rm(folder, { recursive: true });
  });

  async function imported(name: string, code: string): Promise<Readonly<Record<string, unknown>>> {
    const file = join(folder, "node_modules/@langchain/house/dist", name);
    await writeFile(file, code);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  }

  /** Whether the class is another one's or has been changed. */
  function isPlain(found: unknown): boolean {
    return String((found as { prototype: { embedQuery: unknown } }).prototype.embedQuery) === PLAIN;
  }

  const PLAIN = "embedQuery() {}";
  const HOUSE = `class House { ${PLAIN} embedDocuments() {} }`;

  it("has all that it exports", async () => {
    const found = await imported("embeddings.mjs", `export ${HOUSE} export let more = 1;`);
    expect(Object.keys(found)).toEqual(["House", "more"]);
    expect(isPlain(found["House"])).toBe(false);
  });

  it("has what it exports by default, and is left alone for that", async () => {
    const ways = [`export default ${HOUSE}`, `${HOUSE}; export { House as default };`];
    const found = await Promise.all(
      ways.map((code, index) => imported(`embeddings-${index}.mjs`, code)),
    );
    expect(found.map((each) => Object.keys(each))).toEqual([["default"], ["default"]]);
    expect(found.map((each) => isPlain(each["default"]))).toEqual([true, true]);
  });

  it("fails as it would without us", async () => {
    await expect(imported("embeddings-broken.mjs", "throw new Error('no')")).rejects.toThrow("no");
    await expect(
      import(
        /* @vite-ignore */ pathToFileURL(
          join(folder, "node_modules/@langchain/house/dist/embeddings-none.mjs"),
        ).href
      ),
    ).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
  });
});
