import { interrupt, MemorySaver, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { diag } from "@opentelemetry/api";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { gate } from "../../src/trace/index.ts";
import { deferred } from "../support/deferred.ts";
import { flat } from "../support/graph-bench.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const span = (name: string, attributes: SpanNode["attributes"]): SpanNode => ({
  name: `gate ${name}`,
  kind: "INTERNAL",
  status: "UNSET",
  attributes,
  events: [],
  children: [],
});

async function decisions(): Promise<unknown[]> {
  const metrics = await telemetry.metrics();
  const found = metrics.find(({ name }) => name === "langchain.gate.decisions");
  expect(found?.unit ?? "{decision}").toBe("{decision}");
  return (found?.points ?? []).map((point) => [
    point.attributes,
    "value" in point ? point.value : undefined,
  ]);
}

describe("gate", () => {
  it("runs the function at once and returns what it says, as it is", async () => {
    expect(gate("policy", () => true)).toBe(true);
    expect(gate("policy", () => false)).toBe(false);
    const decision = { allowed: false, reason: "too expensive", uncertainty: 0.25, price: 7 };
    expect(gate("budget", () => decision)).toBe(decision);
    expect(telemetry.tree()).toEqual([
      span("policy", { "langchain.gate.verdict": "allowed" }),
      span("policy", {
        "langchain.gate.verdict": "blocked",
        "langchain.run.outcome": "blocked",
      }),
      span("budget", {
        "langchain.gate.verdict": "blocked",
        "langchain.gate.reason": "too expensive",
        "langchain.gate.uncertainty": 0.25,
        "langchain.run.outcome": "blocked",
      }),
    ]);
    expect(await decisions()).toEqual([
      [{ gate: "budget", verdict: "blocked" }, 1],
      [{ gate: "policy", verdict: "allowed" }, 1],
      [{ gate: "policy", verdict: "blocked" }, 1],
    ]);
  });

  it("waits for the promise, which it returns as it is", async () => {
    const answer = deferred<boolean>();
    const { promise } = answer;
    const returned = gate("approval", () => promise);
    expect(returned).toBe(promise);
    expect(telemetry.spans()).toEqual([]);
    answer.resolve(true);
    expect(await returned).toBe(true);
    await Promise.resolve();
    expect(telemetry.tree()).toEqual([span("approval", { "langchain.gate.verdict": "allowed" })]);
  });

  it.each([
    ["thrown", () => gate("policy", fails)],
    ["rejected", () => gate("policy", async () => fails())],
  ])("is red for what is %s, which it passes on", async (_, call) => {
    await expect((async () => call())()).rejects.toBe(failure);
    expect(telemetry.tree()).toMatchObject([
      {
        name: "gate policy",
        status: "ERROR",
        attributes: {
          "error.type": "TypeError",
          "langchain.error.category": "validation_error",
          "langchain.run.outcome": "error",
        },
      },
    ]);
    expect(telemetry.tree()[0]?.attributes).not.toHaveProperty("langchain.gate.verdict");
    expect(await decisions()).toEqual([]);
  });

  const failure = new TypeError("the policy is broken");
  const fails = (): boolean => {
    throw failure;
  };

  it("takes keys out of the reason, and what is too long", () => {
    const key = ["sk", "ant", "api03", "x".repeat(60)].join("-");
    gate("policy", () => ({ allowed: true, reason: `the key ${key} ${"a ".repeat(2000)}` }));
    const reason = String(telemetry.tree()[0]?.attributes["langchain.gate.reason"]);
    expect(reason).toMatch(/^the key \[redacted:\w+\] a a/);
    expect(reason).not.toContain("xxx");
    expect(reason.length).toBeLessThanOrEqual(1000);
    expect(reason.length).toBeGreaterThan(900);
  });

  it("has no uncertainty that is none, and no verdict of an answer that is none", async () => {
    const report = vi.spyOn(diag, "error").mockImplementation(() => {});
    gate("a", () => ({ allowed: true, uncertainty: 1.5 }));
    gate("b", () => ({ allowed: true, uncertainty: Number.NaN }));
    expect(gate("c", () => "yes")).toBe("yes");
    gate("c", () => {});
    expect(telemetry.tree()).toEqual([
      span("a", { "langchain.gate.verdict": "allowed" }),
      span("b", { "langchain.gate.verdict": "allowed" }),
      span("c", {}),
      span("c", {}),
    ]);
    expect(report.mock.calls.filter(([text]) => /gate has decided/.test(text))).toHaveLength(1);
    expect(await decisions()).toHaveLength(2);
  });

  it("waits where LangGraph's interrupt is in it, and has a verdict when it is asked again", async () => {
    const { Command } = await import("@langchain/langgraph");
    const instrumentation = new LangChainInstrumentation();
    await instrumentation.ready;
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("send", () => {
        const allowed = gate("approval", () => interrupt("May I send it?") === "yes");
        return { messages: [{ role: "user", content: String(allowed) }] };
      })
      .addEdge("__start__", "send")
      .compile({ checkpointer: new MemorySaver(), name: "mailer" });
    const config = { configurable: { thread_id: "1" } };
    await graph.invoke({ messages: [] }, config);
    const { messages } = await graph.invoke(new Command({ resume: "no" }), config);
    instrumentation.disable();
    expect(messages.at(-1)?.text).toBe("false");
    const gates = flat(telemetry.tree()).filter(({ name }) => name === "gate approval");
    expect(gates.map(({ status, attributes }) => ({ status, attributes }))).toEqual([
      {
        status: "UNSET",
        attributes: { "gen_ai.conversation.id": "1", "langchain.run.outcome": "interrupted" },
      },
      {
        status: "UNSET",
        attributes: {
          "gen_ai.conversation.id": "1",
          "langchain.run.outcome": "blocked",
          "langchain.gate.verdict": "blocked",
        },
      },
    ]);
    expect(flat(telemetry.tree()).map(({ name }) => name)).toContain("node send");
    expect(await decisions()).toEqual([[{ gate: "approval", verdict: "blocked" }, 1]]);
  });

  it.each([
    ["an empty name", ["", Number], "Expected the `name` option to be a non-empty string"],
    ["no function", ["x", true], "Expected the `fn` option to be a function, got true (boolean)"],
  ])("refuses %s", (_, args, message) => {
    const call = gate as unknown as (...args: unknown[]) => unknown;
    expect(() => call(...(args as unknown[]))).toThrow(message);
  });
});
