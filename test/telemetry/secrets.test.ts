import { describe, expect, it } from "vitest";

import { withoutSecrets } from "../../src/telemetry/secrets.ts";

/** Made here, so that no file holds what looks like a key. */
const tail = "a1B2c3D4e5F6g7H8i9J0k1L2";
const keys: Record<string, string> = {
  OpenAI: ["sk", "proj", tail].join("-"),
  "OpenAI, echoed with stars": ["sk", "wire****"].join("-"),
  Anthropic: ["sk", "ant", "api03", tail].join("-"),
  Stripe: ["sk", "live", tail].join("_"),
  Groq: ["gsk", tail].join("_"),
  xAI: ["xai", tail].join("-"),
  NVIDIA: ["nvapi", tail].join("-"),
  LangSmith: ["lsv2", "pt", tail].join("_"),
  "Hugging Face": ["hf", tail].join("_"),
  GitHub: ["ghp", tail].join("_"),
  GitLab: ["glpat", tail].join("-"),
  Slack: ["xoxb", "1234", tail].join("-"),
  AWS: `AKIA${"IOSFODNN7EXAMPLE".slice(0, 16)}`,
  Google: `AIza${tail}${tail}`,
  "JSON web token": ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", tail].join("."),
};

describe("an error text loses its secrets", () => {
  it.each(Object.entries(keys))("%s", (_, key) => {
    for (const text of [
      `Incorrect key: ${key}.`,
      `{"key":"${key}"}`,
      `GET https://host/?x=${key}&y=1`,
      key,
    ]) {
      expect(withoutSecrets(text)).not.toContain(key);
      expect(withoutSecrets(text)).toContain("[redacted]");
    }
  });

  it.each([
    ["Authorization: Bearer abcdef123456", "Authorization: Bearer [redacted]"],
    [
      "https://host/path?api_key=abcdef123456&model=x",
      "https://host/path?api_key=[redacted]&model=x",
    ],
    ["https://host/?key=abc&sig=abcdef123456", "https://host/?key=abc&sig=[redacted]"],
    ['{"x-api-key": "abcdef123456", "a": 1}', '{"x-api-key": "[redacted]", "a": 1}'],
    ["postgres://user:hunter2hunter2@db:5432/x", "postgres://[redacted]@db:5432/x"],
    ["password = correcthorse;", "password = [redacted];"],
  ])("%s", (text, clean) => {
    expect(withoutSecrets(text)).toBe(clean);
  });

  it.each([
    "This model's maximum context length is 128000 tokens.",
    "429 Rate limit reached for gpt-5.4-mini in organization org-wire on tokens per min (TPM): Limit 200000",
    "task-123 risk-averse disk-usage",
    "connect ECONNREFUSED 127.0.0.1:4318",
    "",
  ])("and keeps the rest: %s", (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it("in bounded time", () => {
    const long = `${"https://".repeat(20_000)}${"token".repeat(20_000)}${"-".repeat(100_000)}`;
    expect(withoutSecrets(long)).toHaveLength(long.length);
  });
});
