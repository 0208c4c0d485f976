import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { withoutSecrets } from "../../src/content/secrets.ts";
import { characters, PLANTED } from "./planted-secrets.ts";

describe("a text loses its secrets", () => {
  it.each(Object.entries(PLANTED))("%s", (_, { text, secret }) => {
    for (const said of [
      text,
      `It says ${text}`,
      `Incorrect: ${text}\nmore`,
      JSON.stringify({ said: text }),
      JSON.stringify({ said: JSON.stringify({ text }) }),
      `(${text})`,
      `${text}, and more`,
    ]) {
      expect(withoutSecrets(said)).not.toContain(secret);
      expect(withoutSecrets(said)).toMatch(/\[redacted:[a-z_]+\]/);
    }
  });

  it.each([
    ["Authorization: Bearer abcdef123456", "Authorization: Bearer [redacted:token]"],
    ["Authorization: Token abcdef123456", "Authorization: Token [redacted:token]"],
    [
      "https://host/?api_key=abcdef123456&model=x",
      "https://host/?api_key=[redacted:credential]&model=x",
    ],
    ["https://host/?key=abc&sig=abcdef123456", "https://host/?key=abc&sig=[redacted:credential]"],
    ['{"x-api-key": "abcdef", "a": 1}', '{"x-api-key": "[redacted:credential]", "a": 1}'],
    ['{"password": "a \\"b\\" c", "a": 1}', '{"password": "[redacted:credential]", "a": 1}'],
    [
      '{\\"password\\":\\"p w\\",\\"a\\":1}',
      '{\\"password\\":\\"[redacted:credential]\\",\\"a\\":1}',
    ],
    ["postgres://user:hunter2hunter2@db:5432/x", "postgres://[redacted:credential]@db:5432/x"],
    ["password = correcthorse;", "password = [redacted:credential];"],
    ["run --password correcthorse1 --verbose", "run --password [redacted:credential] --verbose"],
    [`key ${["sk", "wire****"].join("-")}.`, "key [redacted:key]."],
    ["password: \u2018correct horse\u2019", "password: [redacted:credential]\u2019"],
    ['{\\"a\\": \\"password=hunter22\\"}', '{\\"a\\": \\"password=[redacted:credential]\\"}'],
    [
      "DB_PASS=hunter2 SMTP-PASS=abcdef",
      "DB_PASS=[redacted:credential] SMTP-PASS=[redacted:credential]",
    ],
    ["{'pass': 'hunter2'}", "{'pass': '[redacted:credential]'}"],
    ["SECRET_KEY_BASE=abcdefgh", "SECRET_KEY_BASE=[redacted:credential]"],
    ["passwords: hunter2", "passwords: [redacted:credential]"],
    ['{"password": {"value": "abc"}}', '{"password": {"value": "[redacted:credential]"}}'],
    ["<a:password>x y</a:password>", "<a:password>[redacted:credential]</a:password>"],
    ["curl -sSu user:abc https://x", "curl -sSu user:[redacted:credential] https://x"],
    ["curl -X POST --user 'user:abc' x", "curl -X POST --user 'user:[redacted:credential]' x"],
    ['[["x-api-key","hunter2"]]', '[["x-api-key","[redacted:credential]"]]'],
    [
      '{"name": "x-api-key", "value": "abc"}',
      '{"name": "x-api-key", "value": "[redacted:credential]"}',
    ],
    ["Cookie: a=b; c=d\nHost: x", "Cookie: [redacted:credential]\nHost: x"],
    [["-----BEGIN", "PRIVATE", "KEY-----\nabc"].join(" "), "[redacted:private_key]"],
  ])("%s", (text, clean) => {
    expect(withoutSecrets(text)).toBe(clean);
  });

  it("once: what is clean stays as it is", () => {
    for (const { text } of Object.values(PLANTED)) {
      const clean = withoutSecrets(`a ${text} b`);
      expect(withoutSecrets(clean)).toBe(clean);
    }
  });

  it("and keeps what stands round them", () => {
    const key = ["sk", "proj", characters(40)].join("-");
    expect(withoutSecrets(`left ${key} right`)).toBe("left [redacted:key] right");
  });
});

describe("a text keeps what is no secret", () => {
  it.each([
    "",
    "This model's maximum context length is 128000 tokens.",
    "429 Rate limit reached for gpt-5.4-mini in organization org-wire on tokens per min (TPM): Limit 200000",
    "task-123 risk-averse disk-usage risk-or-reward task-proj-alpha",
    "connect ECONNREFUSED 127.0.0.1:4318",
    "gpt-5-mini-2026-02-01 claude-opus-4-5-20251101 us.anthropic.claude-sonnet-4-20250514-v1:0",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo accounts/fireworks/models/deepseek-v3p1",
    "550e8400-e29b-41d4-a716-446655440000",
    "d41d8cd98f00b204e9800998ecf8427e e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "chatcmpl-BzAbCdEfGhIjKlMnOpQrStUvWx toolu_01AbCdEfGhIjKlMnOpQrSt call_AbCdEfGhIjKlMnOpQrStUvWx",
    "2026-02-01T10:00:00.000Z 1769940000000 12:34:56",
    "const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });",
    "function login(user: string, password: string): Promise<void> {}",
    "const token = tokenizer.next(); let password = readPassword(input);",
    '{"prompt_tokens": 123456, "max_tokens": 200000, "token_count": 654321}',
    "the token: 128000 of them; a basic understanding, bearer tokens, basic JavaScript",
    "The secret: patience. Its signature: none. API key: missing. Access token: expired",
    "docker run -u 1000:1000 node; curl -H 'Accept: text/html' -o out https://example.com",
    '{"required": ["password", "username"], "pass": 12, "compass": "north1west"}',
    "All tests pass: 12 of 12. <password> is the second word; <token>12</token>",
    "[115, 107, 45, 112, 114, 111, 106, 45, 1024] 41 42 43 44 45 46 47 48 49 50",
    "git@github.com:org/repo.git https://example.com/a@b ssh://git@host/x",
    "at Object.<anonymous> (/srv/app/node_modules/@scope/package/dist/index.js:10:15)",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "Zażółć gęślą jaźń, 日本語のテキスト, “quotes” – dashes … and 👩‍👩‍👧 families",
    String.raw`C:\Users\name\new folder\table.txt and \\server\share`,
    "100% sure, 50%25 off, %20 and &amp; &#169;",
  ])("%s", (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it("whatever words it is made of", () => {
    const word = fc.constantFrom(
      ..."the quick model answers a question about tokens keys and secret gardens in twelve languages while nobody authorises basic bearer passwords since representation matters internationally".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        fc.constantFrom(" ", ", ", "\n"),
        (words, between) => {
          const text = words.join(between);
          expect(withoutSecrets(text)).toBe(text);
        },
      ),
    );
  });

  it("whatever identifiers are in it", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.string({
          unit: fc.constantFrom(...Array.from("0123456789abcdef")),
          minLength: 32,
          maxLength: 64,
        }),
        fc.date({ noInvalidDate: true }),
        (id, hash, date) => {
          const text = `${id} ${hash} ${date.toISOString()} ${date.getTime()}`;
          expect(withoutSecrets(text)).toBe(text);
        },
      ),
    );
  });
});

describe("any text at all", () => {
  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(typeof withoutSecrets(text)).toBe("string");
      }),
    );
  });
});
