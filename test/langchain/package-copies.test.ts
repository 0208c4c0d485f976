import { afterAll, expect, it, vi } from "vitest";

import { createTestTelemetry } from "../../src/testing/index.ts";

const telemetry = createTestTelemetry();
afterAll(() => telemetry.shutdown());

it("runs of two copies of the package are one tree: tokens, time-outs and agents' names pass between them", async () => {
  const { RunTracer } = await import("../../src/langchain/run-tracer.ts");
  vi.resetModules();
  const { RunTracer: Copy } = await import("../../src/langchain/run-tracer.ts");
  expect(Copy).not.toBe(RunTracer);
  const [graphs, models] = [new RunTracer(), new Copy()];
  const nothing = { tags: [], metadata: {} };
  graphs.chainStart({
    runId: "graph",
    serialized: { id: ["CompiledStateGraph"] },
    runName: "team",
    tags: [],
    metadata: { ls_integration: "langchain_create_agent", lc_agent_name: "team" },
  });
  const start = (runId: string, signal?: AbortSignal) =>
    models.modelStart({
      operation: "chat",
      runId,
      parentRunId: "graph",
      serialized: { id: ["ChatOpenAI"] },
      extraParams: { options: { signal } },
      ...nothing,
    });
  const usage_metadata = { input_tokens: 10, output_tokens: 2 };
  start("counted")?.end({ generations: [[{ message: { usage_metadata } }]] });
  start("hurried", AbortSignal.abort(new DOMException("too slow", "TimeoutError")))?.fail(
    new DOMException("This operation was aborted", "AbortError"),
  );
  graphs.fail("graph", new Error("Abort"));
  expect(telemetry.tree()).toMatchObject([
    {
      name: "invoke_agent team",
      status: "ERROR",
      attributes: { "error.type": "TimeoutError", "langchain.tokens.total": 12 },
      children: [
        { name: "gen_ai.chat", attributes: { "gen_ai.agent.name": "team" } },
        { name: "gen_ai.chat", attributes: { "error.type": "TimeoutError" } },
      ],
    },
  ]);
});
