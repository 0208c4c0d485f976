import { afterAll, afterEach, expect, it } from "vitest";

import { RunTracer } from "../../../src/langchain/run-tracer.ts";
import type { HandlerOptions } from "../../../src/options.ts";
import { createTestTelemetry } from "../../../src/testing/index.ts";

const telemetry = createTestTelemetry();
afterEach(() => telemetry.reset());
afterAll(() => telemetry.shutdown());

/** The provider that an agent's span ends with, after calls of models of these classes. */
function providerOfAgent(models: readonly string[], options: HandlerOptions = {}): unknown {
  const tracer = new RunTracer(options);
  tracer.chainStart({
    runId: "agent",
    serialized: { id: ["CompiledStateGraph"] },
    runName: "planner",
    tags: [],
    metadata: { ls_integration: "langchain_create_agent", lc_agent_name: "planner" },
  });
  tracer.toolStart({
    runId: "tool",
    parentRunId: "agent",
    serialized: { id: ["Tool"] },
    runName: "ask",
    tags: [],
    metadata: {},
  });
  for (const [at, name] of models.entries()) {
    tracer
      .modelStart({
        operation: "chat",
        runId: `model-${at}`,
        // Those that a tool calls are the agent's too.
        parentRunId: at === 0 ? "agent" : "tool",
        serialized: { id: [name] },
        extraParams: {},
        tags: [],
        metadata: {},
      })
      ?.end({});
  }
  tracer.succeed("tool");
  tracer.succeed("agent");
  const [agent] = telemetry.tree();
  expect(agent?.name).toBe("invoke_agent planner");
  return agent?.attributes["gen_ai.provider.name"];
}

it.each([
  ["its models' own", ["ChatOpenAI", "ChatOpenAI"], "openai"],
  ["unknown when they have several", ["ChatOpenAI", "ChatAnthropic", "ChatOpenAI"], undefined],
  ["unknown when it has called none", [], undefined],
])("an agent's provider is %s", (_, models, provider) => {
  expect(providerOfAgent(models)).toBe(provider);
});

it("the next version of the conventions has no provider of agents", () => {
  expect(providerOfAgent(["ChatOpenAI"], { semconv: "next" })).toBeUndefined();
});
