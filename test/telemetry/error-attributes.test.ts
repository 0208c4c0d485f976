import { describe, expect, it } from "vitest";

import type { RunRequest } from "../../src/operation.ts";
import { errorAttributes } from "../../src/telemetry/error-attributes.ts";

const agentName = "planner";
const provider = "openai";

describe("an error is counted", () => {
  it.each<[RunRequest, string]>([
    [{ kind: "agent" }, "agent"],
    [{ kind: "model", operation: "chat", provider }, "llm"],
    [{ kind: "embeddings", provider }, "llm"],
    [{ kind: "tool", name: "t" }, "tool"],
    [{ kind: "retriever" }, "retrieval"],
    [{ kind: "mcp", side: "client", method: "tools/call" }, "mcp"],
    [{ kind: "checkpoint", operation: "get" }, "infra"],
    [{ kind: "memory", operation: "search_memory" }, "infra"],
    [{ kind: "workflow" }, "system"],
    [{ kind: "node", node: "n" }, "system"],
    [{ kind: "chain", name: "c" }, "system"],
    [{ kind: "root", name: "r" }, "system"],
  ])("by what failed: %o", (request, kind) => {
    expect(errorAttributes(request, undefined)).toMatchObject({ kind, category: "unknown" });
  });

  it("by what is known of the call, and by no id", () => {
    const failure = { type: "RateLimitError", category: "rate_limit", message: "no" } as const;
    const request = { operation: "chat", runId: "1", conversationId: "2", agentName } as const;
    expect(
      errorAttributes({ kind: "model", ...request, provider, model: "gpt-5.4-mini" }, failure),
    ).toEqual({
      kind: "llm",
      category: "rate_limit",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": "gpt-5.4-mini",
      "gen_ai.agent.name": agentName,
    });
  });
});
