import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CostTracker } from "../../src/budget/cost-tracker.ts";
import { createTestTelemetry } from "../../src/testing/index.ts";
import { call, HOUR, START } from "./calls.ts";

beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const telemetry = createTestTelemetry({ global: false });
const meter = telemetry.meterProvider.getMeter("test");

/** By name, the value of each agent and period. */
async function values(): Promise<Record<string, unknown>> {
  const metrics = await telemetry.metrics();
  return Object.fromEntries(
    metrics.map(({ name, points }) => [
      name,
      Object.fromEntries(
        points.map((point) => [
          `${String(point.attributes["gen_ai.agent.name"])} ${String(point.attributes["per"])}`,
          "value" in point && point.value,
        ]),
      ),
    ]),
  );
}

describe("metrics of budgets", () => {
  it("say what may be spent, was spent and remains, when they are collected", async () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0.025, per: "hour" });
    tracker.observe(meter, "ours");
    tracker.setBudget("*", { maxUsd: 1 });
    tracker.setBudget("*", { maxUsd: 1, per: "run" });
    tracker.setBudget("*", { maxUsd: 1, sessionId: "s" });
    tracker.setBudget("*", { maxUsd: 1, tenant: "t" });
    for (let time = 0; time < 4; time++) tracker.record(call());
    expect(await values()).toEqual({
      "ours.budget.limit": {
        "support-agent hour": 0.025,
        "* ever": 1,
      },
      "ours.budget.spent": {
        "support-agent hour": 0.04,
        "* ever": 0.04,
      },
      "ours.budget.remaining": {
        "support-agent hour": 0,
        "* ever": 0.96,
      },
      "ours.budget.exceeded": { "support-agent hour": 1 },
    });
    vi.setSystemTime(START + HOUR);
    expect((await values())["ours.budget.remaining"]).toEqual({
      "support-agent hour": 0.025,
      "* ever": 0.96,
    });
    tracker.close();
  });

  it("go to the last meter only", async () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 1 });
    tracker.observe(meter, "first");
    tracker.observe(meter, "second");
    tracker.observe(meter, "second");
    expect(Object.keys(await values())).toEqual(
      expect.arrayContaining(["second.budget.limit", "second.budget.spent"]),
    );
    const limits = await telemetry.metrics();
    const points = (name: string): number | undefined =>
      limits.find((metric) => metric.name === name)?.points.length;
    expect([points("first.budget.limit") ?? 0, points("second.budget.limit")]).toEqual([0, 1]);
  });
});
