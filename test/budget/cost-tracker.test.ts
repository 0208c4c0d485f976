import { diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CostTracker } from "../../src/budget/cost-tracker.ts";
import type { CostStore } from "../../src/budget/store/cost-store.ts";
import { MemoryStore } from "../../src/budget/store/memory-store.ts";
import type { ThresholdEvent } from "../../src/budget/thresholds.ts";
import type { EndedCall } from "../../src/budget/usage-record.ts";
import { BudgetExceededError } from "../../src/cost/index.ts";
import { call, DAY, HOUR, MINUTE, START } from "./calls.ts";

beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("records", () => {
  it("have all that is known of a call", () => {
    const tracker = new CostTracker();
    tracker.record({
      agentName: "support-agent",
      sessionId: "s1",
      tenant: "acme",
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      inputTokens: 2540,
      outputTokens: 60,
      cacheReadTokens: 2000,
      cacheWriteTokens: 500,
      reasoningTokens: 25,
      cost: { usd: 0.003945, parts: { input: 0.00012, cacheRead: 0.0006, other: 7 } },
      latencyMs: 812.5,
      pattern: "react",
      timestamp: START + 7,
      traceId: "0af7651916cd43dd8448eb211c80319c",
      runIds: ["call", "node", "root"],
    });
    expect(tracker.records()).toEqual([
      {
        agentName: "support-agent",
        sessionId: "s1",
        tenant: "acme",
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        inputTokens: 2540,
        outputTokens: 60,
        cacheReadTokens: 2000,
        cacheWriteTokens: 500,
        reasoningTokens: 25,
        costUsd: 0.003945,
        costParts: { input: 0.00012, cacheRead: 0.0006 },
        latencyMs: 812.5,
        pattern: "react",
        timestamp: START + 7,
        traceId: "0af7651916cd43dd8448eb211c80319c",
        runId: "root",
      },
    ]);
  });

  it("leave out what is unknown, and have the time of now", () => {
    const tracker = new CostTracker();
    tracker.record({ provider: "openai" });
    expect(tracker.records()).toEqual([{ provider: "openai", timestamp: START }]);
  });

  it.each<[string, object]>([
    ["NaN", { cost: { usd: Number.NaN }, inputTokens: Number.NaN, latencyMs: Number.NaN }],
    ["below 0", { cost: { usd: -1 }, inputTokens: -5, outputTokens: -1, latencyMs: -1 }],
    ["endless", { cost: { usd: Number.POSITIVE_INFINITY }, latencyMs: Number.POSITIVE_INFINITY }],
    ["too much", { cost: { usd: 1e12 }, inputTokens: 1e15, latencyMs: 1e15 }],
    ["no numbers", { cost: { usd: "1" }, inputTokens: "7", latencyMs: {}, outputTokens: 1.5 }],
  ])("have nothing of numbers that are %s", (_, numbers) => {
    const tracker = new CostTracker();
    const unknown = { outputTokens: undefined, inputTokens: undefined, latencyMs: undefined };
    tracker.record({ ...call(), ...unknown, ...numbers });
    tracker.record(call());
    expect(tracker.records()[0]).toEqual({
      agentName: "support-agent",
      provider: "openai",
      model: "gpt-4o",
      timestamp: START,
    });
    expect(tracker.getUsageSummary()).toMatchObject({
      totalCost: 0.01,
      totalTokens: 120,
      numCalls: 2,
      avgLatencyMs: 500,
    });
  });

  it("have names of a bearable length, whatever they are", () => {
    const tracker = new CostTracker();
    const agentName = "x".repeat(1e6);
    const names = { agentName, model: "__proto__", provider: "", sessionId: 7 };
    tracker.record(call(names as unknown as Partial<EndedCall>));
    expect(tracker.records()).toMatchObject([
      { agentName: "x".repeat(256), model: "__proto__", provider: "unknown" },
    ]);
    expect(Object.entries(tracker.getUsageSummary({ agentName }).byModel)).toEqual([
      ["__proto__", { cost: 0.01, calls: 1, tokens: 120 }],
    ]);
  });

  it("do not grow by names that are made up, of agents that have no budget", () => {
    const tracker = new CostTracker({ maxRecords: 10 });
    tracker.setBudget("late", { maxUsd: 1 });
    for (let at = 0; at < 3000; at++)
      tracker.record(call({ agentName: `a${at}`, model: `m${at}` }));
    tracker.record(call({ agentName: "late" }));
    const { byModel, numCalls } = tracker.getUsageSummary();
    expect(numCalls).toBe(3001);
    expect(Object.keys(byModel)).toHaveLength(1001);
    expect(byModel["__cardinality_overflow__"]?.calls).toBe(2001);
    expect(tracker.checkBudget("late")).toMatchObject({ spent: 0.01 });
  });
});

describe("a summary", () => {
  it("sums up by provider and model", () => {
    const tracker = new CostTracker();
    tracker.record(call({ latencyMs: 100 }));
    tracker.record(call({ model: "gpt-4o-mini", cost: { usd: 0.002 }, latencyMs: 200 }));
    tracker.record(call({ provider: "anthropic", model: undefined, cost: undefined }));
    expect(tracker.getUsageSummary()).toEqual({
      totalCost: 0.012,
      totalInputTokens: 300,
      totalOutputTokens: 60,
      totalTokens: 360,
      numCalls: 3,
      avgLatencyMs: 800 / 3,
      byProvider: {
        openai: { cost: 0.012, calls: 2, tokens: 240 },
        anthropic: { cost: 0, calls: 1, tokens: 120 },
      },
      byModel: {
        "gpt-4o": { cost: 0.01, calls: 1, tokens: 120 },
        "gpt-4o-mini": { cost: 0.002, calls: 1, tokens: 120 },
        unknown: { cost: 0, calls: 1, tokens: 120 },
      },
    });
  });

  it("of nothing is nothing", () => {
    expect(new CostTracker().getUsageSummary({ agentName: "nobody", since: START })).toEqual({
      totalCost: 0,
      totalInputTokens: 0,
      totalOutputTokens: 0,
      totalTokens: 0,
      numCalls: 0,
      avgLatencyMs: 0,
      byProvider: {},
      byModel: {},
    });
  });

  it("adds up money without a rest", () => {
    const tracker = new CostTracker();
    for (let time = 0; time < 10; time++) tracker.record(call({ cost: { usd: 0.1 } }));
    expect(tracker.getTotalCost()).toBe(1);
    expect(tracker.getTotalCost({ since: 1 })).toBe(1);
    // Five cached tokens of a cheap model.
    for (let time = 0; time < 3; time++) tracker.record(call({ cost: { usd: 1.25e-7 } }));
    expect(tracker.getTotalCost()).toBe(1.000000375);
  });

  it("is of an agent, of a session, of both, and since a moment", () => {
    const tracker = new CostTracker();
    const at = (minutes: number): number => START + minutes * MINUTE;
    tracker.record(call({ agentName: "a", sessionId: "1", timestamp: at(0) }));
    tracker.record(call({ agentName: "a", sessionId: "2", timestamp: at(1) }));
    tracker.record(call({ agentName: "b", sessionId: "1", timestamp: at(2) }));
    tracker.record(call({ agentName: undefined, timestamp: at(3) }));
    expect([
      tracker.getTotalCost(),
      tracker.getTotalCost({ agentName: "a" }),
      tracker.getTotalCost({ sessionId: "1" }),
      tracker.getTotalCost({ agentName: "a", sessionId: "1" }),
      tracker.getTotalCost({ since: at(1) }),
      tracker.getTotalCost({ since: new Date(at(1) + 1) }),
      tracker.getTotalCost({ agentName: "a", since: at(1) }),
      tracker.getTotalCost({ since: -1 }),
    ]).toEqual([0.04, 0.02, 0.02, 0.01, 0.03, 0.02, 0.01, 0.04]);
  });

  it.each<[object, string]>([
    [
      { agentName: "" },
      'Expected the `agentName` option to be a non-empty string, got "" (string)',
    ],
    [
      { since: "today" },
      'Expected the `since` option to be a Date or milliseconds since 1970, got "today" (string)',
    ],
    [
      { since: new Date(Number.NaN) },
      "Expected the `since` option to be a Date or milliseconds since 1970, got an object",
    ],
  ])("of %o is a mistake", (filter, message) => {
    expect(() => new CostTracker().getTotalCost(filter)).toThrow(new TypeError(message));
  });
});

describe("a budget", () => {
  it("says what is spent and what remains", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 10 });
    tracker.record(call({ cost: { usd: 3.42 } }));
    expect(tracker.checkBudget("support-agent")).toEqual({
      hasBudget: true,
      budget: 10,
      spent: 3.42,
      remaining: 6.58,
      exceeded: false,
    });
  });

  it("is exceeded when all of it is spent, and nothing remains of it then", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0.3 });
    for (let time = 0; time < 3; time++) tracker.record(call({ cost: { usd: 0.1 } }));
    const status = { hasBudget: true, budget: 0.3, remaining: 0, exceeded: true };
    expect(tracker.checkBudget("support-agent")).toEqual({ ...status, spent: 0.3 });
    tracker.record(call({ cost: { usd: 0.1 } }));
    expect(tracker.checkBudget("support-agent")).toEqual({ ...status, spent: 0.4 });
  });

  it("that is not set says what is spent", () => {
    const tracker = new CostTracker();
    tracker.setBudget("other", { maxUsd: 1 });
    tracker.record(call());
    expect(tracker.checkBudget("support-agent")).toEqual({ hasBudget: false, spent: 0.01 });
    expect(tracker.checkBudget("*")).toEqual({ hasBudget: false, spent: 0.01 });
  });

  it('of "*" is that of all agents, and of what no agent does', () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 1 });
    tracker.record(call({ agentName: "a" }));
    tracker.record(call({ agentName: undefined }));
    expect(tracker.checkBudget("*")).toMatchObject({ spent: 0.02, remaining: 0.98 });
  });

  it("counts what was spent before it was set", () => {
    const tracker = new CostTracker();
    tracker.record(call({ tenant: "acme", sessionId: "s1", runIds: ["r"] }));
    tracker.record(call({ timestamp: START - HOUR }));
    for (const per of ["ever", "run", "hour", "day", "month"] as const) {
      tracker.setBudget("support-agent", { maxUsd: 1, per });
    }
    tracker.setBudget("t", { maxUsd: 1 });
    tracker.setBudget("*", { maxUsd: 1, tenant: "acme" });
    tracker.setBudget("*", { maxUsd: 2, sessionId: "s1" });
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.02 });
    expect(tracker.checkBudget("t")).toMatchObject({ spent: 0 });
    expect(tracker.checkBudget("*")).toMatchObject({ budget: 1, spent: 0.01 });
    expect(tracker.checkBudget("*", { tenant: "x" })).toMatchObject({ budget: 2, spent: 0.01 });
  });

  it.each([
    ["hour", HOUR],
    ["day", DAY],
    ["month", 31 * DAY],
  ] as const)("per %s begins anew", (per, length) => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1, per });
    tracker.record(call());
    vi.setSystemTime(START + length - 1);
    tracker.record(call({ timestamp: START + length - 1 }));
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.02 });
    vi.setSystemTime(START + length);
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0, remaining: 1 });
    tracker.record(call({ timestamp: START + length }));
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.01 });
  });

  it("per hour survives a clock that goes back", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1, per: "hour" });
    for (const hours of [0, 1, 0, 1]) tracker.record(call({ timestamp: START + hours * HOUR }));
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.02 });
    vi.setSystemTime(START + HOUR);
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.02 });
  });

  it("per run is that of each run", () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 1, per: "run" });
    tracker.record(call({ runIds: ["1.1", "1"] }));
    tracker.record(call({ runIds: ["1.2", "1"] }));
    tracker.record(call({ runIds: ["2"] }));
    tracker.record(call());
    expect(tracker.checkBudget("*", { runId: "1" })).toMatchObject({ spent: 0.02 });
    expect(tracker.checkBudget("*")).toMatchObject({ spent: 0.01 });
  });

  it("of a session or a tenant is spent by nobody else", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1, sessionId: "s1" });
    tracker.setBudget("support-agent", { maxUsd: 2, tenant: "acme" });
    tracker.record(call({ sessionId: "s1" }));
    tracker.record(call({ sessionId: "s1", tenant: "acme" }));
    tracker.record(call({ tenant: "other" }));
    tracker.record(call({ agentName: "other", sessionId: "s1", tenant: "acme" }));
    expect([
      tracker.checkBudget("support-agent"),
      tracker.checkBudget("support-agent", { sessionId: "s2", tenant: "acme" }),
      tracker.checkBudget("support-agent", { sessionId: "s2", tenant: "other" }),
    ]).toMatchObject([
      { budget: 1, spent: 0.02 },
      { budget: 2, spent: 0.01 },
      { hasBudget: false },
    ]);
  });

  it("that is set again takes the place of the first, which keeps what was spent", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    tracker.record(call());
    tracker.setBudget("support-agent", { maxUsd: 5 });
    expect(tracker.checkBudget("support-agent")).toMatchObject({ budget: 5, spent: 0.01 });
  });

  it.each<[unknown[], string]>([
    [["", { maxUsd: 1 }], 'Expected an agent\'s name or "*", got "" (string)'],
    [["a", 10], "Expected a budget such as { maxUsd: 10 }, got 10 (number)"],
    [["a", {}], "Expected the `maxUsd` option to be USD, from 0 to 1,000,000, got undefined"],
    [
      ["a", { maxUsd: Number.NaN }],
      "Expected the `maxUsd` option to be USD, from 0 to 1,000,000, got NaN (number)",
    ],
    [
      ["a", { maxUsd: 1, per: "week" }],
      'Expected the `per` option to be "ever", "run", "hour", "day", "month", got "week" (string)',
    ],
    [
      ["a", { maxUsd: 1, tenant: 1 }],
      "Expected the `tenant` option to be a non-empty string, got 1 (number)",
    ],
    [
      ["a", { maxUSD: 1 }],
      "There is no option `maxUSD`. The options are maxUsd, per, sessionId, tenant",
    ],
  ])("of %o is a mistake", (args, message) => {
    const [agent, options] = args as Parameters<CostTracker["setBudget"]>;
    expect(() => new CostTracker().setBudget(agent, options)).toThrow(new TypeError(message));
  });
});

describe("a threshold", () => {
  function heard(tracker: CostTracker, share: number): ThresholdEvent[] {
    const events: ThresholdEvent[] = [];
    tracker.onThreshold(share, (event) => events.push(event));
    return events;
  }

  it("is told of once, with how things stand", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    const events = heard(tracker, 0.8);
    for (const usd of [0.79, 0.01, 0.1, 0.2]) tracker.record(call({ cost: { usd } }));
    expect(events).toEqual([
      {
        share: 0.8,
        agentName: "support-agent",
        per: "ever",
        budget: 1,
        spent: 0.8,
        remaining: 0.2,
      },
    ]);
  });

  it("is told of again in the next hour, and in each run", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0.01, per: "hour" });
    tracker.setBudget("*", { maxUsd: 0.01, per: "run" });
    const events = heard(tracker, 1);
    for (const [runId, hour] of [
      ["1", 0],
      ["1", 0],
      ["2", 1],
    ] as const) {
      tracker.record(call({ runIds: [runId], timestamp: START + hour * HOUR }));
    }
    expect(events.map(({ per, within }) => [per, within])).toEqual([
      ["hour", "2026-03-01T00:00:00.000Z"],
      ["run", "1"],
      ["hour", "2026-03-01T01:00:00.000Z"],
      ["run", "2"],
    ]);
  });

  it("is told of by no call that costs nothing, and to nobody who has left", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0 });
    const fn = vi.fn<() => void>();
    tracker.onThreshold(0.5, fn)();
    tracker.record(call({ cost: undefined }));
    tracker.record(call());
    expect(fn).not.toHaveBeenCalled();
  });

  it("goes on when who hears of it fails", async () => {
    const error = vi.spyOn(diag, "error").mockReturnValue();
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0.01 });
    tracker.onThreshold(0.5, () => {
      throw new Error("no");
    });
    tracker.onThreshold(0.5, async () => Promise.reject(new Error("no")));
    const events = heard(tracker, 0.5);
    tracker.record(call());
    await Promise.resolve();
    expect(events).toHaveLength(1);
    expect(error).toHaveBeenCalledOnce();
  });

  it.each([0, -1, Number.NaN, 101])("of %s is a mistake", (share) => {
    expect(() => new CostTracker().onThreshold(share, () => {})).toThrow(TypeError);
  });
});

describe("a reservation", () => {
  const reserve = (tracker: CostTracker, usd: number | undefined, more: object = {}) =>
    tracker.reserve({ agentName: "support-agent", estimate: usd, isBound: true, ...more });

  it("keeps back what a call may cost, until it has ended", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    const first = reserve(tracker, 0.6);
    expect(() => reserve(tracker, 0.6)).toThrow(BudgetExceededError);
    reserve(tracker, 0.4);
    first.release();
    first.release();
    reserve(tracker, 0.6);
    expect(() => reserve(tracker, 0.01)).toThrow(BudgetExceededError);
  });

  it("says whose budget it was, and how it stands", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1, per: "day", tenant: "acme" });
    tracker.record(call({ tenant: "acme", cost: { usd: 0.5 } }));
    reserve(tracker, 0.25, { tenant: "acme" });
    const error = thrownBy(() => reserve(tracker, 0.5, { tenant: "acme" }));
    expect(Object.fromEntries(Object.entries(error ?? {}))).toEqual({
      name: "BudgetExceededError",
      agentName: "support-agent",
      tenant: "acme",
      per: "day",
      budget: 1,
      spent: 0.5,
      remaining: 0.5,
      reserved: 0.25,
      estimate: 0.5,
    });
    expect(error?.message).toBe(
      'The budget of "support-agent" is too low for this call: of 1 USD per day, 0.5 are spent, 0.25 are reserved, and it may cost 0.5',
    );
  });

  it("is not to be had when all is spent, not even for nothing", () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 0.01 });
    tracker.record(call());
    expect(thrownBy(() => reserve(tracker, 0))?.message).toBe(
      "The budget of all agents is spent: 0.01 of 0.01 USD",
    );
    expect(thrownBy(() => reserve(tracker, undefined))?.estimate).toBeUndefined();
  });

  it("that is only a guess may be above the budget, but not beside others", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 0.1 });
    const guess = { isBound: false };
    const first = reserve(tracker, 5, guess);
    expect(() => reserve(tracker, 5, guess)).toThrow(BudgetExceededError);
    first.release();
    reserve(tracker, 5, guess);
  });

  it("pays the calls of its run, and no call twice", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    const reserved = reserve(tracker, 0.6, { id: "node" });
    tracker.record(call({ runIds: ["call", "node", "root"], cost: { usd: 0.5 } }));
    reserve(tracker, 0.4);
    expect(() => reserve(tracker, 0.01)).toThrow(BudgetExceededError);
    reserved.release();
    reserve(tracker, 0.1);
    expect(() => reserve(tracker, 0.01)).toThrow(BudgetExceededError);
  });

  it("of the call itself is free when the call has ended, even if nobody releases it", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    reserve(tracker, 0.6, { id: "call" });
    tracker.record(call({ runIds: ["call", "root"], cost: { usd: 0.25 } }));
    reserve(tracker, 0.75, { id: "next" });
    tracker.settle("next");
    reserve(tracker, 0.75);
  });

  it("has its agent pay, whoever the run belongs to", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    reserve(tracker, 0.1, { id: "call" });
    tracker.record(call({ agentName: "sub", runIds: ["call"] }));
    tracker.record(call({ agentName: "sub", runIds: ["call"] }));
    expect(tracker.records().map(({ agentName }) => agentName)).toEqual(["support-agent", "sub"]);
  });

  it("is void after ten minutes", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    reserve(tracker, 1);
    vi.setSystemTime(START + 10 * MINUTE - 1);
    expect(() => reserve(tracker, 1)).toThrow(BudgetExceededError);
    vi.setSystemTime(START + 10 * MINUTE);
    reserve(tracker, 1);
  });

  it("of one run is not that of another", () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 1, per: "run" });
    reserve(tracker, 1, { runId: "1" });
    reserve(tracker, 1, { runId: "2" });
    expect(() => reserve(tracker, 0.1, { runId: "1" })).toThrow(BudgetExceededError);
  });

  it("is that of all budgets that the call is on, or of none", () => {
    const tracker = new CostTracker();
    tracker.setBudget("support-agent", { maxUsd: 1 });
    tracker.setBudget("*", { maxUsd: 0.5 });
    expect(thrownBy(() => reserve(tracker, 0.6))?.agentName).toBe("*");
    reserve(tracker, 0.5);
    expect(() => reserve(tracker, 0.1, { agentName: "other" })).toThrow(BudgetExceededError);
  });
});

describe("a store that fails", () => {
  it("stops no call, and is reported once", () => {
    const error = vi.spyOn(diag, "error").mockReturnValue();
    const broken = new Proxy(new MemoryStore(10), {
      get: () => () => {
        throw new Error("disk full");
      },
    }) as CostStore;
    const tracker = new CostTracker({ store: broken });
    tracker.setBudget("support-agent", { maxUsd: 0 });
    tracker.record(call());
    tracker.record(call());
    tracker.reserve({ agentName: "support-agent", estimate: 1 }).release();
    expect(tracker.getTotalCost()).toBe(0);
    expect(tracker.records()).toEqual([]);
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0 });
    tracker.close();
    const told = error.mock.calls.map(([message]) => message);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toContain(
      "langchain-otel: recording a call failed; what was spent is incomplete from here on",
    );
  });
});

describe("options", () => {
  it.each<[unknown, string]>([
    [7, "Expected the options to be an object, got 7 (number)"],
    [{ price: {} }, "There is no option `price`. The options are prices, store, maxRecords"],
    [
      { store: {} },
      "Expected the `store` option to be a store, such as sqliteStore(file), got an object",
    ],
    [
      { maxRecords: 0 },
      "Expected the `maxRecords` option to be a whole number from 1 to 10,000,000, got 0 (number)",
    ],
  ])("%o are a mistake", (options, message) => {
    expect(() => new CostTracker(options as object)).toThrow(new TypeError(message));
  });

  it("have prices that calls are priced by", () => {
    const { pricing } = new CostTracker({ prices: { ours: { small: { input: 1, output: 2 } } } });
    const tokens = { inputTokens: 1e6, outputTokens: 1e6 };
    expect(pricing.priceOf({ provider: "ours", model: "small", ...tokens })?.usd).toBe(3);
  });
});

describe("the error", () => {
  it("is known by what wraps it, and in another copy of this package", () => {
    const tracker = new CostTracker();
    tracker.setBudget("*", { maxUsd: 0 });
    const error = thrownBy(() => tracker.reserve({}));
    const wrapper = new Error("wrapped", { cause: error });
    const copy = Object.assign(new Error("other copy"), {
      [Symbol.for("langchain-otel.budget-exceeded/1")]: true,
    });
    expect([error, wrapper, copy].map((each) => each instanceof BudgetExceededError)).toEqual([
      true,
      true,
      true,
    ]);
    expect(BudgetExceededError.from(wrapper)).toBe(error);
  });

  it("is nothing else", () => {
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    const hostile = Proxy.revocable({}, {});
    hostile.revoke();
    for (const other of [new Error("no"), circle, hostile.proxy, null, "BudgetExceededError"]) {
      expect(BudgetExceededError.from(other)).toBeUndefined();
    }
  });
});

function thrownBy(fn: () => unknown): BudgetExceededError | undefined {
  try {
    fn();
    return undefined;
  } catch (error) {
    return BudgetExceededError.from(error);
  }
}
