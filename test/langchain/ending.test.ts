import { GraphInterrupt, NodeInterrupt, ParentCommand } from "@langchain/langgraph";
import { APIConnectionError, APIUserAbortError, RateLimitError } from "openai";
import { describe, expect, it } from "vitest";

import { endingOf, failureOf } from "../../src/langchain/ending.ts";

const timedOut = (): AbortSignal =>
  AbortSignal.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe("how a run ended", () => {
  it.each<[string, unknown, AbortSignal | undefined, string]>([
    ["an interrupt", new GraphInterrupt([]), undefined, "interrupted"],
    ["a node's interrupt", new NodeInterrupt("wait"), undefined, "interrupted"],
    ["a command to the parent", new ParentCommand({} as never), undefined, "interrupted"],
    [
      "an abort with no reason",
      new DOMException("This operation was aborted", "AbortError"),
      AbortSignal.abort(),
      "cancelled",
    ],
    ["an abort with the user's reason", "stop", AbortSignal.abort("stop"), "cancelled"],
    ["LangChain's abort", new Error("Aborted"), AbortSignal.abort(), "cancelled"],
    ["LangGraph's abort without a signal", new Error("Abort"), undefined, "cancelled"],
    ["OpenAI's abort", new APIUserAbortError(), undefined, "cancelled"],
    [
      "LangChain's name for it",
      named("AbortError", "Request was aborted."),
      undefined,
      "cancelled",
    ],
    [
      "a time-out that looks like an abort",
      named("AbortError", "Request was aborted."),
      timedOut(),
      "error",
    ],
    [
      "a failure while the signal is aborted",
      new TypeError("x is undefined"),
      AbortSignal.abort(),
      "error",
    ],
    [
      "p-retry's AbortError, which means: do not try again",
      named("AbortError", "404 Not Found"),
      undefined,
      "error",
    ],
    ["a failure", new Error("boom"), undefined, "error"],
    ["a time-out", named("TimeoutError", "Request timed out."), undefined, "error"],
  ])("%s: %s", (_, error, signal, outcome) => {
    expect(endingOf(error, signal).outcome).toBe(outcome);
  });

  it("by a time-out has the time-out's type", () => {
    expect(endingOf(named("AbortError", "Request was aborted."), timedOut()).failure?.type).toBe(
      "TimeoutError",
    );
  });
});

describe("a failure's type is the most telling name", () => {
  it.each<[unknown, string]>([
    [
      new RateLimitError(429, { code: "rate_limit_exceeded" }, "busy", new Headers()),
      "RateLimitError",
    ],
    [new APIConnectionError({ message: "no" }), "APIConnectionError"],
    [named("InsufficientQuotaError", "no"), "InsufficientQuotaError"],
    [new TypeError("x"), "TypeError"],
    [Object.assign(new Error("x"), { code: "ECONNRESET" }), "ECONNRESET"],
    [
      Object.assign(new Error("x"), { lc_error_code: "MODEL_RATE_LIMIT", code: "other" }),
      "MODEL_RATE_LIMIT",
    ],
    [Object.assign(new Error("x"), { status: 503 }), "503"],
    [new Error("x"), "Error"],
    ["a string", "string"],
    [undefined, "undefined"],
    [{ message: "plain" }, "_OTHER"],
    [Object.create(null), "_OTHER"],
  ])("%o", (error, type) => {
    expect(failureOf(error).type).toBe(type);
  });

  it("keeps the first line, clipped and without secrets", () => {
    const key = ["sk", "proj", "abcdefghijklmnop"].join("-");
    expect(failureOf(new Error(`bad key ${key}\n\nTroubleshooting URL: https://…`)).message).toBe(
      "bad key [redacted]",
    );
    expect(failureOf(new Error("x".repeat(5000))).message).toHaveLength(1000);
    expect(failureOf(new Error(`bad key ${key}`)).stack).not.toContain(key);
  });
});
