import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { CostTracker } from "../../src/cost/index.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { network, providers } from "../support/providers.ts";

let telemetry: TestTelemetry;

beforeAll(() => network.listen());
beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(async () => {
  network.reset();
  await telemetry.shutdown();
});
afterAll(() => network.close());

it("a tracker that is given as the cost option keeps what calls cost, by its own prices", async () => {
  const prices = { openai: { "gpt-5.4-mini": { input: 1, cacheRead: 0.1, output: 10 } } };
  const tracker = new CostTracker({ prices });
  tracker.setBudget("guide", { maxUsd: 1 });
  const callbacks = [new OpenTelemetryCallbackHandler({ cost: tracker, agentName: "guide" })];
  await providers.openai.create().invoke("hi", { callbacks, metadata: { thread_id: "t-1" } });
  network.failWith("openai", 500, "openai.error.500.json");
  await expect(providers.openai.create().invoke("hi", { callbacks })).rejects.toThrow();
  // 40 fresh and 500 written, 2000 read from the cache, 60 out.
  const usd = (540 * 1 + 2000 * 0.1 + 60 * 10) / 1e6;
  const [span] = telemetry.spans();
  expect(span?.attributes["langchain.cost.usd"]).toBeCloseTo(usd, 9);
  const { totalCost, numCalls, totalTokens } = tracker.getUsageSummary({ sessionId: "t-1" });
  expect({ totalCost, numCalls, totalTokens }).toEqual({
    totalCost: expect.closeTo(usd, 9),
    numCalls: 1,
    totalTokens: 2600,
  });
  expect(tracker.records().map(({ traceId, agentName }) => [traceId, agentName])).toEqual([
    [span?.spanContext().traceId, "guide"],
  ]);
  expect(tracker.checkBudget("guide")).toMatchObject({ spent: expect.closeTo(usd, 9) });
  const metrics = await telemetry.metrics();
  expect(
    metrics
      .filter(({ name }) => name.startsWith("langchain.budget."))
      .map(({ name, points }) => [name, points.map((p) => ("value" in p ? p.value : 0))]),
  ).toEqual([
    ["langchain.budget.limit", [1]],
    ["langchain.budget.remaining", [expect.closeTo(1 - usd, 9)]],
    ["langchain.budget.spent", [expect.closeTo(usd, 9)]],
  ]);
  tracker.close();
});
