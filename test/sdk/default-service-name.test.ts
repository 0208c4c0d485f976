import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { defaultServiceName } from "../../src/sdk/default-service-name.ts";

describe("defaultServiceName", () => {
  let folder: string;

  /** Relative to the folder. */
  const FILES = {
    "shop/package.json": '{ "name": "@acme/shop" }',
    "shop/src/package.json": '{ "type": "module" }',
    "shop/src/main.js": "",
    "shop/node_modules/runner/package.json": '{ "name": "runner" }',
    "shop/node_modules/runner/cli.js": "",
    "broken/package.json": "{",
    "broken/chat-bot.mjs": "",
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "service-name-"));
    for (const [file, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    await mkdir(join(folder, "bin"));
    await symlink(join(folder, "shop/src/main.js"), join(folder, "bin/shop"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  const at = (
    script: string | undefined,
    directory: string,
    env: Record<string, string> = {},
  ): string =>
    defaultServiceName({
      env,
      mainScript: script === undefined ? undefined : join(folder, script),
      directory: join(folder, directory),
    });

  test.each([
    [
      "the package.json nearest to the main script that has a name",
      "shop/src/main.js",
      "broken",
      "@acme/shop",
    ],
    ["the package that a link to the main script leads to", "bin/shop", "broken", "@acme/shop"],
    [
      "the package of the working directory, when the main script has none",
      "broken/chat-bot.mjs",
      "shop/src",
      "@acme/shop",
    ],
    [
      "the package of the working directory, when the main script is a tool",
      "shop/node_modules/runner/cli.js",
      "shop",
      "@acme/shop",
    ],
    ["the tool, when there is nothing else", "shop/node_modules/runner/cli.js", "broken", "runner"],
    ["the main script, when there is no package", "broken/chat-bot.mjs", "broken", "chat-bot"],
    ["a main script that is no file", "broken/gone.js", "broken", "gone"],
    ["node, in the REPL", undefined, "broken", "node"],
  ])("is that of %s", (_, script, directory, name) => {
    expect(at(script, directory)).toBe(name);
  });

  test.each([
    [{ OTEL_SERVICE_NAME: "named", OTEL_RESOURCE_ATTRIBUTES: "service.name=other" }, "named"],
    [
      { OTEL_SERVICE_NAME: " ", OTEL_RESOURCE_ATTRIBUTES: "a=b, service.name = by%20attribute " },
      "by attribute",
    ],
    [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=%" }, "@acme/shop"],
    [{ OTEL_RESOURCE_ATTRIBUTES: "service.name" }, "@acme/shop"],
  ])("follows %o", (env, name) => {
    expect(at("shop/src/main.js", "shop", env)).toBe(name);
  });
});
