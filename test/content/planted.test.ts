import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ContentRedactor } from "../../src/content/redaction.ts";
import { withoutSecrets } from "../../src/content/secrets.ts";
import { DISGUISES, type Encoding, ENCODINGS } from "./encodings.ts";
import { characters, PLANTED, type Planted } from "./planted-secrets.ts";

const PERSONAL: Readonly<Record<string, Planted>> = {
  "e-mail": { text: "john.doe@example.com", secret: "john.doe@example.com" },
  phone: { text: "+49 89 1234567", secret: "1234567" },
  card: { text: "4111 1111 1111 1111", secret: "4111 1111 1111 1111" },
  IBAN: { text: "DE89 3704 0044 0532 0130 00", secret: "3704 0044 0532 0130" },
  IP: { text: "192.168.17.20", secret: "192.168.17.20" },
};

const secrets = fc.constantFrom(...Object.values(PLANTED));
const anything = fc.constantFrom(...Object.values(PLANTED), ...Object.values(PERSONAL));
const encodings = fc.array(fc.constantFrom(...ENCODINGS), { maxLength: 3 });
const before = fc.constantFrom(
  ...'|  | It is: |a\n|{"x": 1, "y": 2}\n|(|= |日本 |\u001B[31m|[1;31m'.split("|"),
);
const after = fc.constantFrom("", " ", ".", "\nb", ", and", ")", '"', " 日本");

/** The text within other text, in each encoding in turn. */
function hidden(
  text: string,
  around: readonly [string, string],
  chain: readonly Encoding[],
): string {
  let said = around[0] + text + around[1];
  for (const { encode } of chain) said = encode(said);
  return said;
}

/** Whether somebody who knows how it was written can read the secret. */
function shows(text: string, secret: string, chain: readonly Encoding[]): boolean {
  let said = text;
  if (said.includes(secret)) return true;
  for (const { decode } of chain.toReversed()) {
    said = decode(said);
    if (said.includes(secret)) return true;
  }
  return false;
}

describe("a planted secret is never exported", () => {
  it.each(Object.entries({ ...PLANTED, ...PERSONAL }))(
    "in any one encoding: %s",
    (_, { text, secret }) => {
      const redactor = new ContentRedactor(undefined, { maxLength: 50_000 });
      const told = [...ENCODINGS, ...DISGUISES].flatMap((encoding) =>
        ["", "a ", "ab ", "abc "].flatMap((prefix) => {
          const said = hidden(text, [prefix, " end"], [encoding]);
          expect(shows(said, secret, [encoding])).toBe(true);
          const left = String(redactor.redact(said, "said").value);
          return shows(left, secret, [encoding]) || left === said
            ? [`${encoding.name}: ${left}`]
            : [];
        }),
      );
      expect(told).toEqual([]);
    },
  );

  it("within encodings within encodings, among other text", () => {
    fc.assert(
      fc.property(secrets, encodings, before, after, before, after, (planted, chain, ...around) => {
        const [left, right, first, last] = around;
        const said = first + hidden(planted.text, [left, right], chain) + last;
        const clean = withoutSecrets(said);
        expect(shows(clean, planted.secret, chain)).toBe(false);
        expect(clean).toContain("[redacted:");
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "OpenAI",
    "OpenAI, project",
    "OpenAI, service account",
    "Anthropic",
    "Google",
    "AWS",
    "AWS, temporary",
    "GitHub",
    "GitHub, fine-grained",
    "GitLab",
    "Slack",
    "Stripe",
  ])("in the middle of a word: %s", (name) => {
    const { text = "" } = PLANTED[name] ?? {};
    expect(text).not.toBe("");
    for (const glue of ["a", "key", "KEY", "2", "=20", "日本", "\u001B[31m", "[31m"]) {
      expect(withoutSecrets(`bad ${glue}${text} here`)).toBe(`bad ${glue}[redacted:key] here`);
    }
  });

  it("within whatever structure, as a value or as a name", () => {
    const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.bigInt());
    const path = fc.array(
      fc.oneof(
        fc.constantFrom("list", "map", "set", "class", "toJSON", "name", "bytes"),
        fc.string({ minLength: 1, maxLength: 8 }),
      ),
      { maxLength: 8 },
    );
    const redactor = new ContentRedactor(undefined, { maxLength: 50_000 });
    fc.assert(
      fc.property(anything, encodings, path, plain, ({ text, secret }, chain, steps, beside) => {
        const said = hidden(text, ["It is ", ". "], chain);
        const value = steps.reduceRight<unknown>(
          (inner, step) => within(step, inner, beside),
          said,
        );
        const { value: clean, counts } = redactor.redact(value, "gen_ai.tool.call.arguments");
        const written = JSON.stringify(clean);
        expect(shows(written, secret, [...chain, JSON_TEXT])).toBe(false);
        expect(counts.size).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("nor any of it where a text is cut", () => {
    const key = ["sk", "proj", characters(64)].join("-");
    for (let at = 0; at < 120; at += 1) {
      const text = `${"word ".repeat(200).slice(0, at + 900)} ${key} ${"word ".repeat(5000)}`;
      const redactor = new ContentRedactor([], { maxLength: 960 });
      const left = String(redactor.redact(text, "said").value);
      expect(left).not.toContain(key.slice(0, 12));
      expect(left).toMatch(/… \[truncated, \d+ characters\]$/);
      expect(left.length).toBeLessThan(1010);
    }
  });

  it("nor where the text that is read of a longer one ends", () => {
    const address = `${"s".repeat(20)}@example.com`;
    for (let at = 0; at < 60; at += 1) {
      const text = `${["sk", "proj", characters(5030 + at)].join("-")} ${address} ${"word ".repeat(5000)}`;
      const redactor = new ContentRedactor(undefined, { maxLength: 1000 });
      expect(String(redactor.redact(text, "said").value)).not.toContain("sss");
    }
  });

  it("whatever stands before the encoded text without a break", () => {
    const key = ["sk", "proj", characters(40)].join("-");
    for (const glued of ["", "a", "ab", "abc", "path/", "deadbeef", "deadbee"]) {
      for (const encoding of ["base64", "base64url", "hex"] as const) {
        const encoded = Buffer.from(`it is ${key} here`).toString(encoding);
        expect(withoutSecrets(`${glued}${encoded}`)).not.toContain(encoded.slice(8));
      }
    }
  });

  it("in both alphabets of base64", () => {
    // Digits 62 and 63 stand for what tells that it is a secret.
    for (const said of ["?key=abc123def456", 'password => "tiny"']) {
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = ["", "a", "ab"].map((pad) => Buffer.from(pad + said).toString(encoding));
        expect(encoded.join("")).toMatch(/[+/_-]/);
        expect(encoded.map(withoutSecrets)).toEqual(Array(3).fill("[redacted:credential]"));
      }
    }
  });

  it("however often JSON is in JSON, and a URL in a URL", () => {
    let json = JSON.stringify({ password: "tiny" });
    let url = encodeURIComponent("joe@example.com");
    for (let depth = 0; depth < 9; depth += 1) {
      json = JSON.stringify({ json });
      url = encodeURIComponent(url);
    }
    expect(withoutSecrets(json)).not.toContain("tiny");
    const redactor = new ContentRedactor(undefined, { maxLength: 50_000 });
    expect(redactor.redact(`q=${url}&x=1`, "said").value).not.toContain("joe");
  });
});

const JSON_TEXT: Encoding = {
  name: "JSON text",
  encode: JSON.stringify,
  decode: (text) => text.replaceAll(/\\(["\\])/g, "$1"),
};

function within(step: string, inner: unknown, beside: unknown): unknown {
  switch (step) {
    case "list":
      return [beside, inner];
    case "map":
      return new Map<unknown, unknown>([
        ["beside", beside],
        ["inner", inner],
      ]);
    case "set":
      return new Set([beside, inner]);
    case "class":
      return new Holder(inner);
    case "toJSON":
      return { toJSON: () => ({ inner }) };
    case "name":
      return typeof inner === "string" ? { [inner]: beside } : { inner };
    case "bytes":
      return typeof inner === "string" ? { bytes: [...Buffer.from(inner)] } : { inner };
    default:
      return { beside, [step]: inner };
  }
}

class Holder {
  readonly held: unknown;

  constructor(held: unknown) {
    this.held = held;
  }
}
