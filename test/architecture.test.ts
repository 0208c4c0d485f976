import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

const src = path.join(import.meta.dirname, "..", "src");

/**
 * The way of the data, from LangChain's callbacks to the exporter's neighbours. A part imports only from parts before
 * it and from itself: whoever reads on from any place never has to go back.
 */
const ORDER = [
  "version.ts",
  "bad-option.ts",
  "semconv",
  "operation.ts",
  "content",
  "pricing",
  "budget",
  "dialects",
  "options",
  "options.ts",
  "telemetry",
  "langchain",
  "cost",
  "propagation",
  "instrumentation",
  "processors",
  "console",
  "trace",
  "testing",
  "sdk",
  "register.ts",
  "index.ts",
];

/** These run in browsers and edge workers too. */
const WITHOUT_NODE = [
  "version.ts",
  "bad-option.ts",
  "semconv",
  "operation.ts",
  "content",
  "pricing",
  "budget",
  "options",
  "options.ts",
  "dialects",
  "telemetry",
  "langchain",
];

/** What each part may load from elsewhere, types aside. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  content: ["@opentelemetry/api"],
  pricing: ["@opentelemetry/api"],
  budget: ["@opentelemetry/api"],
  options: ["@opentelemetry/api"],
  telemetry: ["@opentelemetry/api"],
  langchain: ["@opentelemetry/api", "@langchain/core/callbacks/base"],
  cost: ["@opentelemetry/api"],
  trace: ["@opentelemetry/api"],
  instrumentation: ["@opentelemetry/api"],
  propagation: ["@opentelemetry/api"],
  processors: ["@opentelemetry/api"],
  console: ["@opentelemetry/api"],
  testing: ["@opentelemetry/api"],
  sdk: ["@opentelemetry/api"],
  "register.ts": ["@opentelemetry/api"],
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const files = (readdirSync(src, { recursive: true }) as string[]).filter((file) =>
  file.endsWith(".ts"),
);
const sources = new Map(files.map((file) => [file, readFileSync(path.join(src, file), "utf8")]));
const imports: Import[] = [...sources].flatMap(([from, text]) =>
  [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[\s\S]*?\sfrom\s+)?"([^"]+)";/gm)].map(
    ([, typeOnly, specifier = ""]) => ({
      from,
      specifier,
      typeOnly: typeOnly !== undefined,
    }),
  ),
);

function part(file: string): string {
  return file.split(path.sep)[0] ?? file;
}

describe("the parts of the source", () => {
  it("are those of the order", () => {
    expect([...new Set(files.map(part))].toSorted()).toEqual(ORDER.toSorted());
  });

  it("import one way", () => {
    const backwards = imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ from, specifier }) => ({ from, to: path.join(path.dirname(from), specifier) }))
      .filter(({ from, to }) => ORDER.indexOf(part(to)) > ORDER.indexOf(part(from)));
    expect(backwards).toEqual([]);
  });

  it("import files that exist, by their names", () => {
    const missing = imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ from, specifier }) => path.join(path.dirname(from), specifier))
      .filter((file) => !sources.has(file));
    expect(missing).toEqual([]);
  });

  it("load only the packages they are allowed", () => {
    const foreign = imports
      .filter(
        ({ specifier, typeOnly }) =>
          !typeOnly && !specifier.startsWith(".") && !specifier.startsWith("node:"),
      )
      .filter(({ from, specifier }) => PACKAGES[part(from)]?.includes(specifier) !== true);
    expect(foreign).toEqual([]);
  });

  it("run without Node where they must", () => {
    const node = imports.filter(
      ({ from, specifier }) => WITHOUT_NODE.includes(part(from)) && specifier.startsWith("node:"),
    );
    expect(node).toEqual([]);
  });
});

describe("the names of the conventions", () => {
  it("stand in src/semconv alone", () => {
    const spelled = [...sources]
      .filter(([file]) => part(file) !== "semconv")
      .flatMap(
        ([file, text]) =>
          text
            .replaceAll(/^\s*(?:\*|\/[/*]).*$/gm, "")
            .match(/["'`](?:gen_ai|mcp|openai|aws\.bedrock)\.(?:[a-z_]+|\$\{)/g)
            ?.map((name) => `${file}: ${name}`) ?? [],
      );
    expect(spelled).toEqual([]);
  });
});

describe("the source", () => {
  it.each([
    ["no default exports", /^export default/m],
    ["no enums", /^\s*(?:export\s+)?(?:const\s+)?enum\s/m],
    ["no star exports", /^export \*/m],
    ["no any", /[:<]\s*any\b|\bas any\b/],
    ["no suppressed checks", /@ts-|oxlint-disable|eslint-disable/],
    [
      "no named import of what only one API version has",
      /import\s*\{[^}]*\blogs\b[^}]*\}\s*from "@opentelemetry\/api"/,
    ],
    ["nothing left to do", /\b(?:TODO|FIXME|XXX|HACK)\b/],
  ])("has %s", (_, pattern) => {
    expect([...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file)).toEqual([]);
  });
});
