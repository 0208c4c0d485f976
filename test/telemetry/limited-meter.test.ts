import { AIMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";

let telemetry: TestTelemetry;

beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(() => telemetry.shutdown());

async function callAs(names: string[], handler: OpenTelemetryCallbackHandler): Promise<void> {
  const model = new FakeListChatModel({ responses: ["a"] });
  for (const name of names) {
    await model.invoke([new AIMessage("Hi")], {
      callbacks: [handler],
      metadata: { lc_agent_name: name },
    });
  }
}

it("values beyond the cap are counted together, and that there were some is counted too", async () => {
  const handler = new OpenTelemetryCallbackHandler({ cardinality: { agent: 2 } });
  await callAs(["a", "b", "c", "d", "a"], handler);
  const metrics = await telemetry.metrics();
  const points = (name: string) =>
    metrics
      .find((metric) => metric.name === name)
      ?.points.map((point) => ({ ...point.attributes, value: "value" in point ? point.value : 0 }));
  const calls = points("langchain.llm.calls")?.map((point) => ({
    agent: (point as Record<string, unknown>)["gen_ai.agent.name"],
    value: point.value,
  }));
  expect(calls).toEqual([
    { agent: "__cardinality_overflow__", value: 2 },
    { agent: "a", value: 2 },
    { agent: "b", value: 1 },
  ]);
  expect(points("langchain.cardinality.overflows")).toEqual([{ dimension: "agent", value: 2 }]);
});

it("a handler for each request does not make room for more values", async () => {
  for (const name of ["a", "b", "c", "d"]) {
    await callAs([name], new OpenTelemetryCallbackHandler({ cardinality: { agent: 2 } }));
  }
  const metrics = await telemetry.metrics();
  const calls = metrics.find(({ name }) => name === "langchain.llm.calls");
  expect(calls?.points.map(({ attributes }) => attributes["gen_ai.agent.name"])).toEqual([
    "__cardinality_overflow__",
    "a",
    "b",
  ]);
});
