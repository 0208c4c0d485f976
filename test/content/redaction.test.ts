import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { applyStrategy, resolveRedactionRule } from "langchain";
import { describe, expect, it } from "vitest";

import { ContentRedactor } from "../../src/content/redaction.ts";
import { checkRedact, type RedactOption } from "../../src/content/redaction/redact-option.ts";
import { characters } from "./planted-secrets.ts";

const key = ["sk", "proj", characters(40)].join("-");

function left(value: unknown, option?: RedactOption, where = "said"): unknown {
  return new ContentRedactor(option, { maxLength: 50_000 }).redact(value, where).value;
}

function counted(value: unknown, option?: RedactOption): Record<string, number> {
  const { counts } = new ContentRedactor(option, { maxLength: 50_000 }).redact(value, "said");
  return Object.fromEntries(counts);
}

const MESSAGES = [
  { role: "user", parts: [{ type: "text", content: `I am joe@example.com, my key is ${key}` }] },
  {
    role: "assistant",
    parts: [
      {
        type: "tool_call",
        id: "call_1",
        name: "pay",
        arguments: { card: 4111111111111111, to: "Ann" },
      },
    ],
  },
];

describe("a conversation", () => {
  it("loses what is personal, and keeps its shape", () => {
    const { value, counts } = new ContentRedactor(undefined, { maxLength: 1000 }).redact(
      MESSAGES,
      "gen_ai.input.messages",
    );
    expect(value).toEqual([
      {
        role: "user",
        parts: [{ type: "text", content: "I am [redacted:email], my key is [redacted:key]" }],
      },
      {
        role: "assistant",
        parts: [
          {
            type: "tool_call",
            id: "call_1",
            name: "pay",
            arguments: { card: "[redacted:card]", to: "Ann" },
          },
        ],
      },
    ]);
    expect(Object.fromEntries(counts)).toEqual({ email: 1, key: 1, card: 1 });
  });

  it("is not changed itself", () => {
    const before = structuredClone(MESSAGES);
    left(MESSAGES);
    expect(MESSAGES).toEqual(before);
  });

  it("stays as it is when nothing is in it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(!/[@\d:=%\\&-]|__proto__/.test(JSON.stringify(value)));
        expect(left(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("the option", () => {
  it("false leaves what is personal, and takes out keys all the same", () => {
    expect(left(`joe@example.com ${key}`, false)).toBe("joe@example.com [redacted:key]");
    expect(left(`joe@example.com ${key}`, [])).toBe("joe@example.com [redacted:key]");
  });

  it("is by default e-mail, phone, card, IBAN and IP", () => {
    expect(
      left(
        "joe@example.com +4989123456 4111111111111111 DE89370400440532013000 10.0.0.1 078-05-1120 00:1A:2b:3C:4d:5E",
      ),
    ).toBe(
      "[redacted:email] [redacted:phone] [redacted:card] [redacted:iban] [redacted:ip] 078-05-1120 00:1A:2b:3C:4d:5E",
    );
  });

  it("names detectors", () => {
    expect(
      left("joe@example.com 078-05-1120 00:1A:2b:3C:4d:5E https://example.com", [
        "ssn",
        "mac",
        "url",
      ]),
    ).toBe("joe@example.com [redacted:ssn] [redacted:mac] [redacted:url]");
  });

  it.each<[unknown, string]>([
    [
      true,
      "Expected the `redact` option to be false or an array of detector names, rules and functions, got true (boolean)",
    ],
    [
      ["mail"],
      'Expected the `redact[0]` option to be one of "email", "phone", "card", "iban", "ssn", "ip", "mac", "url", "secrets", a rule or a function, got "mail" (string)',
    ],
    [
      ["email", {}],
      "Expected the `redact[1]` option to be a rule, with `path` or with `piiType`, got an object",
    ],
    [
      [{ path: "a..b" }],
      'Expected the `redact[0].path` option to be a path such as "messages[*].content" or "**.password", got "a..b" (string)',
    ],
    [
      [{ path: "a", replace: 1 }],
      "Expected the `redact[0].replace` option to be a string, got 1 (number)",
    ],
    [[{ path: "a", by: "b" }], "`redact[0]` has no `by`. It has path, replace"],
    [
      [{ piiType: "email", strategy: "drop" }],
      'Expected the `redact[0].strategy` option to be "redact", "mask", "hash" or "block", got "drop" (string)',
    ],
    [
      [{ piiType: "passport" }],
      'Expected the `redact[0].piiType` option to be "email", "credit_card", "ip", "mac_address", "url", or to come with a detector, got "passport" (string)',
    ],
    [
      [{ piiType: "x", detector: "(" }],
      'Expected the `redact[0].detector` option to be a regular expression or a function, got "(" (string)',
    ],
  ])("%j is refused", (option, message) => {
    expect(() => checkRedact(option)).toThrow(new TypeError(message));
    expect(() => new ContentRedactor(option as RedactOption, { maxLength: 10 })).toThrow(message);
  });
});

describe("a rule of a path", () => {
  it.each<[string, unknown]>([
    [
      "messages[*].content",
      { messages: [{ content: "[redacted:path]", id: "1" }], content: "c", password: "x" },
    ],
    [
      "messages.*.content",
      { messages: [{ content: "[redacted:path]", id: "1" }], content: "c", password: "x" },
    ],
    ["messages[1].content", { messages: [{ content: "a", id: "1" }], content: "c", password: "x" }],
    [
      "content",
      {
        messages: [{ content: "[redacted:path]", id: "1" }],
        content: "[redacted:path]",
        password: "x",
      },
    ],
    ["**.id", { messages: [{ content: "a", id: "[redacted:path]" }], content: "c", password: "x" }],
    [
      "messages.**.id",
      { messages: [{ content: "a", id: "[redacted:path]" }], content: "c", password: "x" },
    ],
    [
      "args.**.id",
      { messages: [{ content: "a", id: "[redacted:path]" }], content: "c", password: "x" },
    ],
    [
      "args.content",
      { messages: [{ content: "a", id: "1" }], content: "[redacted:path]", password: "x" },
    ],
    ['args["messages"]', { messages: "[redacted:path]", content: "c", password: "x" }],
    ["nothing.**.id", { messages: [{ content: "a", id: "1" }], content: "c", password: "x" }],
  ])("%s", (path, clean) => {
    const value = { messages: [{ content: "a", id: "1" }], content: "c", password: "x" };
    expect(left(value, [{ path }], "tool.args")).toEqual({
      ...(clean as object),
      password: "[redacted:credential]",
    });
  });

  it("has its own text, which may be empty", () => {
    expect(left({ a: { b: 1 } }, [{ path: "a", replace: "" }])).toEqual({ a: "" });
  });

  it("goes on in text that is JSON", () => {
    expect(
      left({ args: '{ "name": "Ann", "city": "Rome" }' }, [{ path: "args.name", replace: "?" }]),
    ).toEqual({
      args: '{"name":"?","city":"Rome"}',
    });
    expect(left({ args: '{ "city": "Rome" }' }, [{ path: "args.name" }])).toEqual({
      args: '{ "city": "Rome" }',
    });
  });
});

describe("a function", () => {
  it("is told each text and where it stands, in its order, before the detectors", () => {
    const asked: unknown[] = [];
    const option: RedactOption = [
      (value, where) => {
        asked.push([value, where]);
        return value.replace("Ann", "joe@example.com");
      },
      (value) => value.replace("c", "C"),
      "email",
    ];
    const { value, counts } = new ContentRedactor(option, { maxLength: 100 }).redact(
      [{ parts: [{ content: "Ann", "a b": "c" }] }],
      "gen_ai.input.messages",
    );
    expect(value).toEqual([{ parts: [{ content: "[redacted:email]", "a b": "C" }] }]);
    expect(asked).toContainEqual(["Ann", "gen_ai.input.messages[0].parts[0].content"]);
    expect(asked).toContainEqual(["c", 'gen_ai.input.messages[0].parts[0]["a b"]']);
    expect(counts.get("email")).toBe(1);
  });

  it("drops a value with undefined", () => {
    const option: RedactOption = [(value) => (value.includes("Ann") ? undefined : value)];
    expect(left({ a: "Ann", b: ["Ann", "Bob"] }, option)).toEqual({
      a: "[redacted:dropped]",
      b: [null, "Bob"],
    });
    expect(left("Ann", option)).toBe(undefined);
    expect(counted("Ann", option)).toEqual({ custom: 1 });
  });

  it.each<[string, (value: string) => unknown]>([
    [
      "throws",
      () => {
        throw new Error(`no ${key}`);
      },
    ],
    ["answers with a promise", async (value) => value],
    ["answers with a number", () => 1],
  ])("that %s drops the value, which is counted", (_, redactor) => {
    const option = [redactor] as RedactOption;
    expect(left({ said: ["Ann"] }, option)).toEqual({ said: ["[redacted:failed]"] });
    expect(counted(["Ann"], option)).toEqual({ failed: 1 });
  });
});

describe("a rule of LangChain's own middleware", () => {
  const text =
    "joe@example.com paid with 4111 1111 1111 1111 from 10.0.0.1 (00:1A:2B:3C:4D:5E), see https://example.com/a";

  it.each(
    ["email", "credit_card", "ip", "mac_address", "url"].flatMap((piiType) =>
      (["redact", "mask"] as const).map((strategy) => [piiType, strategy] as const),
    ),
  )("%s, %s: the same as the model saw", (piiType, strategy) => {
    const rule = resolveRedactionRule({ piiType, strategy });
    expect(left(text, [{ piiType, strategy }])).toBe(
      applyStrategy(text, rule.detector(text), strategy, piiType),
    );
  });

  it("hashes with SHA-256", () => {
    for (const said of ["joe@example.com", `${"long".repeat(40)}@example.com`]) {
      const hash = createHash("sha256").update(said).digest("hex").slice(0, 8);
      expect(left(`a ${said} b`, [{ piiType: "email", strategy: "hash" }])).toBe(
        `a <email_hash:${hash}> b`,
      );
    }
  });

  it.each(["string", "expression", "function"])("with a detector that is a %s", (sort) => {
    const detector = {
      string: "EMP-\\d+",
      expression: /EMP-\d+/,
      function: (said: string) => {
        const start = said.indexOf("EMP-7");
        return start === -1 ? [] : [{ text: "EMP-7", start, end: start + 5 }];
      },
    }[sort];
    const option = [{ piiType: "employee", strategy: "redact", detector }] as RedactOption;
    expect(left("ask EMP-7 or nobody", option)).toBe("ask [REDACTED_EMPLOYEE] or nobody");
    expect(counted("ask EMP-7", option)).toEqual({ employee: 1 });
  });

  it("drops the text with block", () => {
    expect(
      left({ a: "x joe@example.com", b: "c" }, [{ piiType: "email", strategy: "block" }]),
    ).toEqual({
      a: "[redacted:dropped]",
      b: "c",
    });
  });

  it("shows nothing of what it finds in an encoded form", () => {
    const encoded = btoa("it is joe@example.com, he says");
    expect(left(`a ${encoded} b`, [{ piiType: "email", strategy: "mask" }])).toBe(
      "a [REDACTED_EMAIL] b",
    );
  });

  it("drops what a detector that fails was asked about", () => {
    const places = [
      [{ text: "", start: -1, end: 3 }],
      [{ text: "", start: 0, end: 99 }],
      undefined,
      [null],
    ];
    for (const answer of places) {
      const option = [{ piiType: "x", detector: () => answer }] as unknown as RedactOption;
      expect(left(["hello there"], option)).toEqual(["[redacted:failed]"]);
    }
  });
});

describe("names that say that the value is a secret", () => {
  it("are enough", () => {
    expect(
      left({
        password: "x y",
        dbPassword: 12,
        "x-api-key": ["a", "b"],
        OPENAI_API_KEY: "abc",
        Authorization: "Digest a",
        headers: [
          { name: "x-api-key", value: "abc" },
          { name: "accept", value: "text/html" },
        ],
        token: "abc123def",
      }),
    ).toEqual({
      password: "[redacted:credential]",
      dbPassword: "[redacted:credential]",
      "x-api-key": ["[redacted:credential]", "[redacted:credential]"],
      OPENAI_API_KEY: "[redacted:credential]",
      Authorization: "[redacted:credential]",
      headers: [
        { name: "x-api-key", value: "[redacted:credential]" },
        { name: "accept", value: "text/html" },
      ],
      token: "[redacted:credential]",
    });
  });

  it("wherever they stand: beside it in any order, in a pair, above it", () => {
    const mark = "[redacted:credential]";
    expect(
      left({
        pass: "hunter2",
        DB_PASS: "abc",
        passwords: ["abc", { alice: "abc" }],
        SECRET_KEY_BASE: "abc",
        list: [
          { value: "abc", name: "x-api-key" },
          { key: "password", val: "abc" },
          ["x-api-key", "hunter2"],
          ["authorization", "Digest hunter22"],
        ],
        password: { value: "abc", of: { it: 12 } },
      }),
    ).toEqual({
      pass: mark,
      DB_PASS: mark,
      passwords: [mark, { alice: mark }],
      SECRET_KEY_BASE: mark,
      list: [
        { value: mark, name: "x-api-key" },
        { key: "password", val: mark },
        ["x-api-key", mark],
        ["authorization", mark],
      ],
      password: { value: mark, of: { it: mark } },
    });
  });

  it("are not those of a pair of names, of results, and of what a password looks like", () => {
    const value = {
      required: ["password", "username"],
      results: { pass: 12, fail: 1, bypass: "abc1234" },
      password: { type: "string", description: "At least 8 characters", minLength: 8 },
    };
    expect(left(value)).toEqual(value);
  });

  it("are not those of counts, words, schemas and switches", () => {
    const value = {
      max_tokens: 200_000,
      usage: { prompt_tokens: 1, total_tokens: 123_456_789_012 },
      token: "Hello",
      nextPageToken: "abc123def456",
      hasPassword: true,
      secret: "none",
      parameters: {
        type: "object",
        properties: { password: { type: "string" } },
        required: ["password"],
      },
    };
    expect(left(value)).toEqual(value);
  });
});

describe("a text that is too long", () => {
  it("is cut, with a mark", () => {
    const redactor = new ContentRedactor(undefined, { maxLength: 20 });
    expect(redactor.redact(["word ".repeat(10), "x".repeat(20)], "said").value).toEqual([
      "word word word word … [truncated, 50 characters]",
      "x".repeat(20),
    ]);
    expect(redactor.redact("word ".repeat(2_000_000), "said").value).toBe(
      "word word word word … [truncated, 10000000 characters]",
    );
  });

  it("is not cut within a mark or a character", () => {
    const redactor = new ContentRedactor(undefined, { maxLength: 20 });
    expect(redactor.redact(`1234567890 joe@example.com ${"a ".repeat(9)}`, "said").value).toBe(
      "1234567890 … [truncated, 45 characters]",
    );
    expect(redactor.redact(`${"x".repeat(19)}😀 and more of it`, "said").value).toBe(
      `${"x".repeat(19)}… [truncated, 36 characters]`,
    );
  });

  it("costs functions no more than is kept", () => {
    const lengths: number[] = [];
    const redactor = new ContentRedactor([(value) => (lengths.push(value.length), value)], {
      maxLength: 1000,
    });
    redactor.redact("word ".repeat(2_000_000), "said");
    expect(lengths).toEqual([1000 + 4096]);
  });

  it("is not read at all when others were before it", () => {
    let read = 0;
    const redactor = new ContentRedactor([(value) => ((read += value.length), value)], {
      maxLength: 1000,
    });
    const { value } = redactor.redact(
      Array.from({ length: 10_000 }, () => "word ".repeat(1000)),
      "said",
    );
    expect((value as string[]).at(-1)).toBe("… [truncated, 5000 characters]");
    expect((value as string[]).length).toBe(10_000);
    expect(read).toBeLessThanOrEqual(1_005_000);
  });
});

describe("a value that is no plain data", () => {
  it("is written as data", () => {
    class Customer {
      readonly name = "Ann";
      readonly email = "ann@example.com";
      get lazy() {
        return "never";
      }
    }
    expect(
      left({
        bigint: 10n,
        date: new Date(0),
        invalid: new Date(Number.NaN),
        url: new URL("https://joe:hunter22@example.com/"),
        expression: /ann@example\.com/,
        error: new TypeError("no joe@example.com", { cause: { email: "ann@example.com" } }),
        buffer: Buffer.from("joe@example.com"),
        floats: new Float32Array(2),
        memory: new ArrayBuffer(8),
        map: new Map<unknown, unknown>([
          ["joe@example.com", 1],
          ["ann@example.com", 2],
          [{}, 3],
        ]),
        set: new Set(["a", "joe@example.com"]),
        instance: new Customer(),
        symbol: Symbol("joe@example.com"),
        function: () => "joe@example.com",
        [Symbol("joe@example.com")]: "joe@example.com",
        nan: Number.NaN,
        undefined,
        null: null,
        list: [undefined, () => 1, Symbol("x")],
        half: "a\uD800b",
        json: { toJSON: () => ({ said: "joe@example.com" }) },
        noPrototype: Object.assign(Object.create(null) as object, { a: 1 }),
      }),
    ).toEqual({
      bigint: "10",
      date: "1970-01-01T00:00:00.000Z",
      invalid: "Invalid Date",
      url: "https://[redacted:credential]/",
      expression: "/[redacted:email]/",
      error: {
        name: "TypeError",
        message: "no [redacted:email]",
        cause: { email: "[redacted:email]" },
      },
      buffer: "[binary, 15 bytes]",
      floats: "[binary, 8 bytes]",
      memory: "[binary, 8 bytes]",
      map: { "[redacted:email]": 1, "[redacted:email]#2": 2, "[object]": 3 },
      set: ["a", "[redacted:email]"],
      instance: { name: "Ann", email: "[redacted:email]" },
      nan: null,
      null: null,
      list: [null, null, null],
      half: "a\uFFFDb",
      json: { said: "[redacted:email]" },
      noPrototype: { a: 1 },
    });
  });

  it("does not throw, and costs only itself", () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle["self"] = circle;
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const refusing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    expect(
      left({
        circle,
        revoked: revoked.proxy,
        refusing,
        get getter() {
          throw new Error("no");
        },
        toJSON: {
          toJSON: () => {
            throw new Error("no");
          },
        },
        list: new Proxy([1], {
          get: () => {
            throw new Error("no");
          },
        }),
        fine: "fine",
      }),
    ).toEqual({
      circle: { a: 1, self: "[circular]" },
      revoked: "[unreadable]",
      refusing: "[redacted:failed]",
      getter: "[unreadable]",
      toJSON: "[unreadable]",
      list: "[redacted:failed]",
      fine: "fine",
    });
  });

  it("has a bounded depth, and bounded members", () => {
    let deep: unknown = "joe@example.com";
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    expect(JSON.stringify(left(deep)).match(/"deep"/g)?.length).toBe(64);
    expect(JSON.stringify(left(deep))).toContain('"[too deep]"');

    const wide = Array.from({ length: 300_000 }, () => 1);
    expect((left(wide) as unknown[]).length).toBeLessThan(200_000);
    // The same object twice in each of forty: a billion times in all.
    let doubled: unknown = "a";
    for (let depth = 0; depth < 40; depth += 1) doubled = [doubled, doubled];
    expect(JSON.stringify(left(doubled)).length).toBeLessThan(2_000_000);
  });

  it("cannot change what objects inherit", () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "a": 2}') as unknown;
    const clean = left(value) as object;
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
    expect(JSON.stringify(clean)).toBe('{"__proto__":{"polluted":1},"a":2}');
  });

  it("never throws, whatever it is", () => {
    const redactor = new ContentRedactor(undefined, { maxLength: 100 });
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      withObjectString: true,
      stringUnit: "binary",
    });
    fc.assert(
      fc.property(anything, (value) => {
        const { value: clean } = redactor.redact(value, "said");
        const json = JSON.stringify(clean);
        expect(json === undefined || JSON.stringify(JSON.parse(json)) === json).toBe(true);
      }),
    );
  });
});
