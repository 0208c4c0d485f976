import { GraphDrained, GraphInterrupt, NodeInterrupt, ParentCommand } from "@langchain/langgraph";
import { APIUserAbortError } from "openai";
import { describe, expect, it } from "vitest";

import { CostTracker } from "../../src/budget/cost-tracker.ts";
import { endingOf } from "../../src/langchain/ending.ts";

const timedOut = (): AbortSignal =>
  AbortSignal.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe("how a run ended", () => {
  it.each<[string, unknown, AbortSignal | undefined, string]>([
    ["an interrupt", new GraphInterrupt([]), undefined, "interrupted"],
    ["a node's interrupt", new NodeInterrupt("wait"), undefined, "interrupted"],
    ["a graph that is drained", new GraphDrained(), undefined, "interrupted"],
    ["a command to the parent", new ParentCommand({} as never), undefined, "ok"],
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
      "Google's package's abort",
      Object.assign(new Error("Request aborted when reading from the stream"), {
        constructor: { name: "GoogleGenerativeAIAbortError" },
      }),
      undefined,
      "cancelled",
    ],
    [
      "an abort inside fetch",
      named("RequestAbortedError", "The operation was aborted"),
      undefined,
      "cancelled",
    ],
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

  it("a call that a budget forbids is blocked, and a failure to whoever asked", () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 0 });
    let refused: unknown;
    try {
      tracker.reserve({});
    } catch (error) {
      refused = error;
    }
    for (const error of [refused, new Error("in a middleware", { cause: refused })]) {
      expect(endingOf(error, undefined)).toMatchObject({
        outcome: "blocked",
        failure: { category: "internal_error" },
      });
    }
  });

  it("by a time-out has the time-out's type", () => {
    expect(endingOf(named("AbortError", "Request was aborted."), timedOut()).failure?.type).toBe(
      "TimeoutError",
    );
  });
});
