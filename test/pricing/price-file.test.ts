import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

import { Pricing } from "../../src/pricing/pricing.ts";

const folder = mkdtempSync(path.join(tmpdir(), "prices-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  diag.disable();
  vi.unstubAllGlobals();
});

function file(name: string, text: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
}

function warnings(): string[] {
  const said: string[] = [];
  const logger = { error() {}, info() {}, debug() {}, verbose() {} };
  diag.setLogger(
    { ...logger, warn: (message) => said.push(message) },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return said;
}

const good = file(
  "good.json",
  '{ "openai": { "gpt-4o": { "input": 1 }, "ours": { "input": 3 } } }',
);
const call = { provider: "openai", model: "gpt-4o", inputTokens: 1_000_000, outputTokens: 0 };

describe("a price file", () => {
  it.each([
    ["a path", good],
    ["a path from the working directory on", path.relative(process.cwd(), good)],
    ["a file: URL", pathToFileURL(good)],
    ["a file: URL as text", pathToFileURL(good).href],
    [
      "begun by a byte order mark",
      file("bom.json", '\uFEFF{ "openai": { "gpt-4o": { "input": 1 } } }'),
    ],
  ])("is read: %s", (_, place) => {
    expect(new Pricing(place).priceOf(call)).toMatchObject({ usd: 1, source: "option" });
  });

  it.each([
    [path.join(folder, "none.json"), "to be readable, got ENOENT"],
    [folder, "to be readable, got EISDIR"],
    [file("secret.env", "PASSWORD=hunter2"), "to hold JSON, and it does not"],
  ])("that is none is refused: %s", (place, expected) => {
    const message = `Expected the price file ${JSON.stringify(place)} ${expected}`;
    expect(() => new Pricing(place)).toThrow(new TypeError(message));
  });

  it("that is no table is refused by the place of the fault", () => {
    const place = file("bad.json", '{ "openai": { "gpt-4o": { "inputs": 1 } } }');
    expect(() => new Pricing(place)).toThrow(
      `There is no \`inputs\` for \`openai\` \`gpt-4o\` of the price file ${JSON.stringify(place)}`,
    );
  });

  it("is refused where there are no files", () => {
    vi.stubGlobal("process", undefined);
    expect(() => new Pricing(good)).toThrow("there is no file system here");
  });
});

describe("LANGCHAIN_OTEL_PRICES", () => {
  const env = { LANGCHAIN_OTEL_PRICES: good };

  it("comes before the published prices", () => {
    expect(new Pricing(undefined, env).priceOf(call)).toMatchObject({
      usd: 1,
      source: "environment",
    });
  });

  it("comes after the option, model by model", () => {
    const pricing = new Pricing({ openai: { "gpt-4o": { input: 2 } } }, env);
    expect(pricing.priceOf(call)).toMatchObject({ usd: 2, source: "option" });
    expect(pricing.priceOf({ ...call, model: "ours" })).toMatchObject({
      usd: 3,
      source: "environment",
    });
    expect(pricing.priceOf({ ...call, model: "gpt-4o-mini" })).toMatchObject({
      usd: 0.15,
      source: "genai-prices",
    });
  });

  it("that is bad is reported once and ignored", () => {
    const said = warnings();
    const bad = { LANGCHAIN_OTEL_PRICES: file("worse.json", '{ "openai": 5 }') };
    expect(new Pricing(undefined, bad).priceOf(call)).toMatchObject({ usd: 2.5 });
    expect(new Pricing(undefined, bad).priceOf(call)).toMatchObject({ usd: 2.5 });
    expect(said).toEqual([
      `langchain-otel: Expected \`openai\` of the price file ${JSON.stringify(bad.LANGCHAIN_OTEL_PRICES)} to be an object { model: prices }, got 5 (number); LANGCHAIN_OTEL_PRICES is ignored`,
    ]);
  });

  it("that is empty is none", () => {
    const said = warnings();
    expect(new Pricing(undefined, { LANGCHAIN_OTEL_PRICES: "" }).priceOf(call)).toMatchObject({
      usd: 2.5,
    });
    expect(said).toEqual([]);
  });
});
