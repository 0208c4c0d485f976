import { describe, expect, it } from "vitest";

import type { EndedCall } from "../../src/budget/usage-record.ts";
import { reportCall } from "../../src/langchain/call-report.ts";
import type { OpenRun } from "../../src/langchain/open-run.ts";
import type { ModelRequest, RunEnd } from "../../src/operation.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const request: ModelRequest = {
  kind: "model",
  operation: "chat",
  provider: "openai",
  model: "gpt-4o",
  agentName: "support-agent",
};
const agent = { id: "agent", request: { kind: "agent", pattern: "react" }, parent: undefined };
const node = { id: "node", request: { kind: "node", node: "model_request" }, parent: agent };
const run = {
  id: "call",
  request,
  parent: node,
  agentName: "support-agent",
  conversationId: "thread",
  association: { sessionId: "session", tenant: "acme" },
  spanContext: { traceId: TRACE, spanId: "b7ad6b7169203331", traceFlags: 1 },
} as unknown as OpenRun;

/** What a ledger was told. */
function told(end: Pick<RunEnd, "outcome" | "response" | "cost">, of: OpenRun = run): unknown[] {
  const calls: unknown[] = [];
  const ledger = {
    record: (call: EndedCall) => void calls.push(call),
    settle: (id: string) => void calls.push(id),
  };
  reportCall(ledger, of, request, end, 812);
  return calls;
}

describe("a model call that has ended", () => {
  it("is told with its tokens, its cost, and whose it was", () => {
    const usage = {
      inputTokens: 2540,
      outputTokens: 60,
      cacheReadTokens: 2000,
      cacheWriteTokens: 500,
      reasoningTokens: 25,
    };
    const cost = { usd: 0.01, parts: { input: 0.01 } };
    const response = { model: "gpt-4o-2024-08-06", usage };
    expect(told({ outcome: "ok", response, cost })).toEqual([
      {
        agentName: "support-agent",
        sessionId: "session",
        tenant: "acme",
        pattern: "react",
        runIds: ["call", "node", "agent"],
        provider: "openai",
        model: "gpt-4o-2024-08-06",
        ...usage,
        cost,
        latencyMs: 812,
        traceId: TRACE,
      },
    ]);
  });

  it("is told without what is unknown, and its conversation is its session then", () => {
    const alone = { id: "call", agentName: "support-agent", conversationId: "thread" };
    const end = { outcome: "ok", response: {}, cost: "missing" } as const;
    expect(told(end, alone as unknown as OpenRun)).toEqual([
      {
        agentName: "support-agent",
        sessionId: "thread",
        runIds: ["call"],
        provider: "openai",
        model: "gpt-4o",
        latencyMs: 812,
      },
    ]);
  });

  it("is told when it was broken off, if its tokens are known", () => {
    const response = { usage: { inputTokens: 7 } };
    expect(told({ outcome: "cancelled", response })).toMatchObject([{ inputTokens: 7 }]);
  });

  it.each<[string, Pick<RunEnd, "outcome" | "response">]>([
    ["failed", { outcome: "error" }],
    ["was broken off before anything was counted", { outcome: "cancelled", response: {} }],
    ["LangChain's cache answered", { outcome: "ok", response: { cached: true } }],
  ])("has used nothing when it %s", (_, end) => {
    expect(told(end)).toEqual(["call"]);
  });

  it("is told in a loop of runs without end, as deep as is bearable", () => {
    const loop: { id: string; parent?: object } = { id: "loop" };
    loop.parent = loop;
    const [call] = told({ outcome: "ok" }, loop as unknown as OpenRun);
    expect((call as EndedCall).runIds).toHaveLength(100);
  });
});
