import { describe, expect, it } from "vitest";

import { beginningWithoutSecrets } from "../../src/content/secrets.ts";
import { failureOf } from "../../src/langchain/errors/failure.ts";
import { DIMENSIONS } from "../../src/semconv/dimensions.ts";
import { Cardinality } from "../../src/telemetry/cardinality.ts";
import { characters } from "../content/planted-secrets.ts";
import { KEYS } from "./planted-keys.ts";

/** Told by what follows it: of its beginning alone nobody knows what it is. */
const PASSWORD = "correct-horse-battery";
const ADDRESS = `https://user:${PASSWORD}@host.example/`;
/** Shrinks to a mark, so that what follows moves up. */
const LONG_KEY = ["sk", "proj", characters(3040)].join("-");

describe("where a text is cut, no secret stands half", () => {
  it("whatever its place", () => {
    for (let at = 0; at < 200; at += 1) {
      const text = `${"x".repeat(at)} ${ADDRESS}${" word".repeat(2000)}`;
      expect(beginningWithoutSecrets(text, 128)).not.toContain(PASSWORD.slice(0, 4));
      const far = `${LONG_KEY} ${"x".repeat(at)} ${ADDRESS}`;
      expect(beginningWithoutSecrets(far, 128)).not.toContain(PASSWORD.slice(0, 4));
      expect(beginningWithoutSecrets(text, 128).length).toBeLessThanOrEqual(128);
    }
    expect(beginningWithoutSecrets("short", 128)).toBe("short");
    expect(beginningWithoutSecrets("word ".repeat(2000), 128)).toBe(
      "word ".repeat(26).slice(0, 128),
    );
  });

  it("in an error's text and stack", () => {
    for (let at = 0; at < 200; at += 1) {
      const error = new Error(`${LONG_KEY} ${"x".repeat(800 + at)} ${ADDRESS}`);
      error.stack = `${LONG_KEY}\n${"x".repeat(7800 + at)} ${ADDRESS}`;
      expect(JSON.stringify(failureOf(error))).not.toContain(PASSWORD.slice(0, 4));
    }
  });

  it("in what a metric is counted by", () => {
    for (let at = 60; at < 160; at += 1) {
      const cardinality = new Cardinality(DIMENSIONS, () => {});
      const name = `${"x".repeat(at)} ${ADDRESS}`;
      const limited = JSON.stringify(cardinality.limited({ "gen_ai.agent.name": name }));
      expect(limited).not.toContain(PASSWORD.slice(0, 4));
    }
  });

  it("and what stands before is kept", () => {
    for (const { secret } of KEYS) {
      expect(beginningWithoutSecrets(`It is ${secret}`, 128)).toMatch(/^It is \[redacted:/);
    }
  });
});
