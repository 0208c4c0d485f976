import { MiddlewareError } from "langchain";
import { APIConnectionError, RateLimitError } from "openai";
import { describe, expect, it } from "vitest";

import { failureOf } from "../../../src/langchain/errors/failure.ts";

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const coded = (code: unknown, cause?: unknown): Error =>
  Object.assign(new Error("x", { cause }), { code });
const summary = (error: unknown) => {
  const { type, category, retryable } = failureOf(error);
  return [type, category, retryable];
};
const rateLimit = (): Error =>
  new RateLimitError(429, { code: "rate_limit_exceeded" }, "busy", new Headers());

class DatabaseError extends Error {
  code = "23505";

  constructor(name: string) {
    super("duplicate key");
    this.name = name;
  }
}

describe("a failure's type is the most telling name", () => {
  it.each<[unknown, string]>([
    [rateLimit(), "RateLimitError"],
    [new APIConnectionError({ message: "no" }), "APIConnectionError"],
    [named("InsufficientQuotaError", "no"), "InsufficientQuotaError"],
    [new TypeError("x"), "TypeError"],
    [coded("ECONNRESET"), "ECONNRESET"],
    [new DatabaseError("error"), "DatabaseError"],
    [new DatabaseError("Exception"), "DatabaseError"],
    [Object.assign(named("error", "x"), { code: "23505" }), "23505"],
    [coded("P2002"), "P2002"],
    [coded("ERR_HTTP2_STREAM_ERROR"), "ERR_HTTP2_STREAM_ERROR"],
    [coded("req-a1b2c"), "Error"],
    [coded("req_a1b2c"), "Error"],
    [coded("user:alice"), "Error"],
    [coded("12345678"), "Error"],
    [named("__cardinality_overflow__", "x"), "Error"],
    [Object.assign(coded("other"), { lc_error_code: "MODEL_RATE_LIMIT" }), "MODEL_RATE_LIMIT"],
    [Object.assign(new Error("x"), { status: 503 }), "503"],
    [new Error("x"), "Error"],
    ["a string", "string"],
    [undefined, "undefined"],
    [null, "object"],
    [7, "number"],
    [() => "secret source", "function"],
    [{ message: "plain" }, "_OTHER"],
    [{ status: 503 }, "503"],
    [Object.create(null), "_OTHER"],
  ])("%o", (error, type) => {
    expect(failureOf(error).type).toBe(type);
  });
});

describe("what gRPC throws is known by its number", () => {
  it.each([
    [14, "UNAVAILABLE", "provider_error", true],
    [4, "DEADLINE_EXCEEDED", "timeout", true],
    [8, "RESOURCE_EXHAUSTED", "rate_limit", true],
    [16, "UNAUTHENTICATED", "provider_error", false],
    [3, "INVALID_ARGUMENT", "validation_error", false],
    [99, "Error", "internal_error", undefined],
  ])("%i", (code, ...expected) => {
    const status = { code, details: "no", metadata: new Map() };
    expect(summary(Object.assign(new Error("x"), status))).toEqual(expected);
  });

  it("and nothing else is that has such a number", () => {
    expect(summary(coded(14))).toEqual(["Error", "internal_error", undefined]);
  });
});

describe("what an error carries inside", () => {
  const fetchFailed = (cause: unknown): Error => new TypeError("fetch failed", { cause });
  const undici = (name: string, code: string): Error =>
    Object.assign(new Error("x"), { name, code });

  it.each<[string, unknown, string, string, boolean | undefined]>([
    ["a cause", new Error("no", { cause: rateLimit() }), "RateLimitError", "rate_limit", true],
    [
      "a cause of a cause",
      new Error("no", { cause: new Error("no", { cause: new RangeError("x") }) }),
      "RangeError",
      "validation_error",
      undefined,
    ],
    [
      "a middleware's error, twice wrapped",
      MiddlewareError.wrap(MiddlewareError.wrap(rateLimit(), "inner"), "outer"),
      "RateLimitError",
      "rate_limit",
      true,
    ],
    [
      "many errors",
      new AggregateError([rateLimit(), new Error("x")]),
      "RateLimitError",
      "rate_limit",
      true,
    ],
    [
      "many attempts to connect, which have a code together",
      Object.assign(new AggregateError([coded("ECONNREFUSED")]), { code: "ECONNREFUSED" }),
      "AggregateError",
      "provider_error",
      true,
    ],
    [
      "p-retry's order not to try again",
      Object.assign(named("AbortError", "no"), { originalError: new RangeError("no") }),
      "RangeError",
      "validation_error",
      undefined,
    ],
    [
      "a refused connection",
      fetchFailed(coded("ECONNREFUSED")),
      "ECONNREFUSED",
      "provider_error",
      true,
    ],
    ["an unknown host", fetchFailed(coded("ENOTFOUND")), "ENOTFOUND", "provider_error", true],
    [
      "a closed connection",
      new TypeError("terminated", { cause: undici("SocketError", "UND_ERR_SOCKET") }),
      "SocketError",
      "provider_error",
      true,
    ],
    ...(["Headers", "Body", "Connect"] as const).map(
      (what): [string, unknown, string, string, boolean] => [
        `${what} that came too late`,
        fetchFailed(undici(`${what}TimeoutError`, `UND_ERR_${what.toUpperCase()}_TIMEOUT`)),
        `${what}TimeoutError`,
        "timeout",
        true,
      ],
    ),
    [
      "a fetch that failed for no reason",
      new TypeError("fetch failed"),
      "TypeError",
      "provider_error",
      true,
    ],
    [
      "a connection that timed out below the SDK's error",
      new APIConnectionError({ message: "no", cause: fetchFailed(coded("ETIMEDOUT")) }),
      "APIConnectionError",
      "timeout",
      true,
    ],
    [
      "a mark of an inner error",
      new Error("x", { cause: marked(false) }),
      "Error",
      "internal_error",
      false,
    ],
  ])("%s", (_, error, type, category, retryable) => {
    expect(summary(error)).toEqual([type, category, retryable]);
  });

  function marked(retryable: boolean): Error {
    // As LangChain does it: not enumerable.
    return Object.defineProperty(new Error("x"), Symbol.for("langchain.errors.retryable"), {
      value: retryable,
    });
  }

  it("leaves the class of what was thrown to the exception", () => {
    expect(failureOf(MiddlewareError.wrap(rateLimit(), "m")).exceptionType).toBe("MiddlewareError");
    expect(failureOf(coded("ECONNRESET")).exceptionType).toBe("Error");
  });
});

describe("a failure's category", () => {
  it.each<[unknown, string, boolean | undefined]>([
    [new DOMException("x", "TimeoutError"), "timeout", true],
    [coded("ESOCKETTIMEDOUT"), "timeout", true],
    [Object.assign(new Error("x"), { status: 408 }), "timeout", true],
    [Object.assign(new Error("x"), { response: { status: 504 } }), "timeout", true],
    [coded("429"), "rate_limit", true],
    [
      Object.assign(new Error("x"), {
        rateLimitType: "stop",
        status: 429,
        code: "insufficient_quota",
      }),
      "rate_limit",
      false,
    ],
    [Object.assign(new Error("x"), { status: 422 }), "validation_error", false],
    [new SyntaxError("Unexpected token"), "validation_error", undefined],
    [new RangeError("x"), "validation_error", undefined],
    [new TypeError("x is undefined"), "validation_error", undefined],
    [Object.assign(new TypeError("x"), { status: 500 }), "provider_error", true],
    [Object.assign(new Error("x"), { status: 409 }), "provider_error", undefined],
    [Object.assign(new Error("x"), { status: 200 }), "internal_error", undefined],
    [new ReferenceError("x is not defined"), "internal_error", undefined],
    [coded("ENOENT"), "internal_error", undefined],
    // The mark of Amazon's SDK.
    [Object.assign(new Error("x"), { $retryable: {} }), "internal_error", true],
    [named("BudgetExceededError", "x"), "internal_error", undefined],
    [new Error("x"), "internal_error", undefined],
    ["a string", "unknown", undefined],
    [undefined, "unknown", undefined],
    [{ message: "plain" }, "unknown", undefined],
  ])("%o: %s", (error, category, retryable) => {
    expect(summary(error).slice(1)).toEqual([category, retryable]);
  });
});

describe("a bundler's names", () => {
  // As it stands in a bundle: no name of its own, and one letter for each class.
  class t extends Error {}
  class e extends t {
    readonly status = 429;
    readonly code: string | undefined;
    constructor(code?: string) {
      super("x");
      this.code = code;
    }
  }
  class n extends Error {
    static readonly unminifiable_name = "GraphRecursionError";
  }

  it("are no types", () => {
    expect(summary(new e())).toEqual(["429", "rate_limit", true]);
    expect(summary(new e("rate_limit_exceeded"))).toEqual([
      "rate_limit_exceeded",
      "rate_limit",
      true,
    ]);
    expect(summary(new t("x"))).toEqual(["Error", "internal_error", undefined]);
    expect(summary(new n("x"))[0]).toBe("GraphRecursionError");
  });
});

describe("a name that is one of many", () => {
  const key = ["sk", "proj", "abcdefghijklmnop"].join("-");

  it.each([
    "Failed to load user 42",
    "Job:550e8400-e29b-41d4-a716-446655440000",
    "Job_507f1f77bcf86cd799439011",
    "order.1234567",
    "x".repeat(101),
    "名前のエラー",
    `Bad.${key}`,
    "Two\nLines",
  ])("is no type: %s", (name) => {
    expect(failureOf(named(name, "x"))).toMatchObject({ type: "Error", exceptionType: "Error" });
    expect(failureOf(coded(name)).type).toBe("Error");
    expect(failureOf({ name }).type).toBe("_OTHER");
  });

  it("gives way to the class", () => {
    expect(failureOf(Object.assign(new RangeError("x"), { name: "Range of 17" })).type).toBe(
      "RangeError",
    );
  });
});

describe("a failure's text", () => {
  const key = ["sk", "proj", "abcdefghijklmnop"].join("-");

  it("is the first line, clipped and without secrets", () => {
    expect(failureOf(new Error(`bad key ${key}\n\nTroubleshooting URL: https://…`)).message).toBe(
      "bad key [redacted:key]",
    );
    expect(failureOf(new Error("x".repeat(5000))).message).toHaveLength(1000);
    expect(failureOf(new Error(`bad key ${key}`)).stack).not.toContain(key);
    expect(failureOf(() => "source").message).toBe("");
  });

  it("has no secret, and no half of one, at its end", () => {
    for (const before of [995, 998]) {
      const { message } = failureOf(new Error(`${"x ".repeat(before / 2)}${key}`));
      expect(message).not.toContain("sk-");
    }
    const stack = `Error: x\n${"x ".repeat(3993)}${key}`;
    expect(failureOf(Object.assign(new Error("x"), { stack })).stack).not.toContain("sk-");
  });

  it("of 10 MB is cut before it is read", () => {
    const long = "word ".repeat(2_000_000);
    const error = Object.assign(new Error(long), { stack: long });
    const { message, stack } = failureOf(error);
    expect([message.length, stack?.length]).toEqual([1000, 8000]);
  });

  it("is well-formed, wherever it was cut", () => {
    const { message } = failureOf(new Error(`\uD83D half, ${"😀".repeat(600)}`));
    expect(message).toBe(`\uFFFD half, ${"😀".repeat(496)}\uFFFD`.slice(0, 1000));
    expect(encodeURIComponent(message)).not.toBe("");
  });
});

describe("a hostile error", () => {
  const refuse = (): never => {
    throw new Error("you shall not look");
  };
  const everyTrap = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
  );

  it.each<[string, unknown, string]>([
    [
      "with getters that throw",
      Object.defineProperties(
        new Error("x"),
        Object.fromEntries(
          ["name", "message", "stack", "code", "status", "cause", "constructor"].map((key) => [
            key,
            { get: refuse },
          ]),
        ),
      ),
      "Error",
    ],
    ["that is a Proxy which refuses everything", new Proxy(new Error("x"), everyTrap), "_OTHER"],
    [
      "that is its own prototype's Proxy, for ever",
      (() => {
        const self: object = new Proxy({}, { getPrototypeOf: () => self });
        return self;
      })(),
      "_OTHER",
    ],
    [
      "that is its own cause",
      (() => {
        const error = new Error("x");
        error.cause = error;
        return error;
      })(),
      "Error",
    ],
    [
      "with a new cause each time",
      Object.defineProperty(new Error("x"), "cause", {
        get: function cause() {
          return Object.defineProperty(new Error("x"), "cause", { get: cause });
        },
      }),
      "Error",
    ],
    [
      "whose fields are of other types",
      Object.assign(new Error("x"), {
        name: 7,
        message: {},
        stack: [],
        code: {},
        status: "x",
        cause: "a string",
      }),
      "Error",
    ],
    ["that is a symbol", Symbol("x"), "symbol"],
    ["whose class is an object", { constructor: {}, name: null }, "_OTHER"],
  ])("%s has a type", (_, error, type) => {
    expect(failureOf(error).type).toBe(type);
  });
});

describe("the number -32001 of JSON-RPC", () => {
  class McpError extends Error {
    readonly code = -32001;
  }

  it.each([
    ["Request timed out", "TimeoutError"],
    ["Maximum total timeout exceeded", "TimeoutError"],
    ["TimeoutError: The operation was aborted due to timeout", "TimeoutError"],
    ["Session not found", "-32001"],
    ["AbortError: This operation was aborted", "-32001"],
  ])("with the text %j is of the type %s", (text, type) => {
    expect(failureOf(new McpError(`MCP error -32001: ${text}`)).type).toBe(type);
  });
});
