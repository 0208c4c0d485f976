import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CostTracker } from "../../src/budget/cost-tracker.ts";
import type { CostStore } from "../../src/budget/store/cost-store.ts";
import { MemoryStore } from "../../src/budget/store/memory-store.ts";
import type { EndedCall, UsageRecord } from "../../src/budget/usage-record.ts";
import type { UsageFilter, UsageShare, UsageSummary } from "../../src/budget/usage-summary.ts";
import { sqliteStore } from "../../src/cost/sqlite-store.ts";
import { call, DAY, HOUR, MINUTE, START } from "./calls.ts";

const folder = mkdtempSync(path.join(tmpdir(), "stores-"));
let files = 0;
const stores: Record<string, (maxRecords: number) => CostStore> = {
  memory: (maxRecords) => new MemoryStore(maxRecords),
  sqlite: (maxRecords) => sqliteStore(path.join(folder, `${(files += 1)}.db`), { maxRecords }),
};

beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true }));

/** Calls of few agents, sessions and models, over some hours, with clocks that go back; and questions about them. */
const calls = fc.array(
  fc.record({
    agentName: fc.constantFrom("a", "b", undefined),
    sessionId: fc.constantFrom("1", "2", undefined),
    tenant: fc.constantFrom("x", undefined),
    provider: fc.constantFrom("openai", "anthropic"),
    model: fc.constantFrom("m", "n", undefined),
    inputTokens: fc.option(fc.nat(10_000), { nil: undefined }),
    outputTokens: fc.option(fc.nat(10_000), { nil: undefined }),
    cost: fc.option(
      fc.nat(5_000_000).map((millionths) => ({ usd: millionths / 1e6 })),
      { nil: undefined },
    ),
    latencyMs: fc.option(fc.nat(10_000), { nil: undefined }),
    timestamp: fc.nat(5 * HOUR - 1).map((ms) => START + ms),
    runIds: fc.constantFrom(["c", "r"], ["s"], undefined),
  }),
  { maxLength: 60 },
);
const filters = fc.array(
  fc.record({
    agentName: fc.constantFrom("a", "b", "c", undefined),
    sessionId: fc.constantFrom("1", "2", undefined),
    since: fc.option(
      fc.nat(5 * HOUR).map((ms) => START + ms),
      { nil: undefined },
    ),
  }),
  { maxLength: 8 },
);

describe.each(Object.entries(stores))("the %s store", (_, make) => {
  it("sums up as one would by hand, whatever comes and is asked", () => {
    fc.assert(
      fc.property(calls, filters, fc.integer({ min: 1, max: 70 }), (made, asked, maxRecords) => {
        const tracker = new CostTracker({ store: make(maxRecords) });
        for (const each of made) tracker.record(each);
        const kept = tracker.records().length;
        expect(kept).toBeLessThanOrEqual(maxRecords + 100);
        for (const filter of asked) {
          expect(tracker.getUsageSummary(filter)).toEqual(byHand(made, kept, filter));
        }
        tracker.close();
      }),
      { numRuns: 60 },
    );
  });

  it("counts on budgets what one would by hand, set before or after", () => {
    fc.assert(
      fc.property(calls, fc.nat(60), (made, at) => {
        vi.setSystemTime(START + 4 * HOUR);
        const tracker = new CostTracker({ store: make(100) });
        const budgets = [
          ["a", {}],
          ["*", { per: "hour" }],
          ["b", { per: "day", sessionId: "1" }],
          ["*", { tenant: "x", per: "month" }],
        ] as const;
        made.forEach((each, index) => {
          if (index === at) setBudgets();
          tracker.record(each);
        });
        if (at >= made.length) setBudgets();
        function setBudgets(): void {
          for (const [agent, more] of budgets) tracker.setBudget(agent, { maxUsd: 1e6, ...more });
        }
        const spent = (holds: (each: (typeof made)[number]) => boolean): number =>
          usd(made.filter((each) => holds(each)));
        expect([
          tracker.checkBudget("a").spent,
          tracker.checkBudget("*", { tenant: "y" }).spent,
          tracker.checkBudget("b").spent,
        ]).toEqual([
          spent(({ agentName }) => agentName === "a"),
          spent(({ timestamp }) => timestamp >= START + 4 * HOUR),
          spent(({ agentName, sessionId }) => agentName === "b" && sessionId === "1"),
        ]);
        const tenants = spent(({ tenant }) => tenant === "x");
        const hour = spent(({ timestamp }) => timestamp >= START + 4 * HOUR);
        expect(tracker.checkBudget("*").spent).toBe(Math.max(tenants, hour));
        tracker.close();
      }),
      { numRuns: 60 },
    );
  });

  it("never lends what it has not", () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom("reserve", "record", "release"),
        cents: fc.nat(60),
        which: fc.nat(9),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (made) => {
        const tracker = new CostTracker({ store: make(100) });
        tracker.setBudget("a", { maxUsd: 1 });
        const open: { id: string; cents: number; release: () => void }[] = [];
        let spent = 0;
        for (const { kind, cents, which } of made) {
          const held = open.reduce((sum, each) => sum + each.cents, 0);
          const at = which % Math.max(open.length, 1);
          const one = open[at];
          if (kind === "reserve") {
            const id = crypto.randomUUID();
            const fits = spent < 100 && spent + held + cents <= 100;
            const more = { agentName: "a", id, estimate: cents / 100, isBound: true };
            if (fits) open.push({ id, cents, ...bound(tracker.reserve(more)) });
            else expect(() => tracker.reserve(more)).toThrow("The budget of");
          } else if (one !== undefined) {
            if (kind === "release") {
              one.release();
              open.splice(at, 1);
            } else {
              const paid = Math.min(cents, one.cents);
              spent += paid;
              one.cents -= paid;
              tracker.record(
                call({ agentName: "a", runIds: ["c", one.id], cost: { usd: paid / 100 } }),
              );
            }
          }
          expect(tracker.checkBudget("a").spent).toBe(spent / 100);
          expect(spent).toBeLessThanOrEqual(100);
        }
        tracker.close();
      }),
      { numRuns: 100 },
    );
  });

  it("keeps records as they were, the oldest first, and no more than it shall", () => {
    const tracker = new CostTracker({ store: make(3) });
    const full: EndedCall = {
      agentName: "a",
      sessionId: "1",
      tenant: "x",
      provider: "openai",
      model: "m",
      inputTokens: 7,
      outputTokens: 8,
      cacheReadTokens: 1,
      cacheWriteTokens: 2,
      reasoningTokens: 3,
      cost: { usd: 0.000001, parts: { input: 0.000001 } },
      latencyMs: 1.25,
      pattern: "react",
      timestamp: START,
      traceId: "t",
      runIds: ["r"],
    };
    for (const model of ["1", "2", "3", "4", "5"]) tracker.record({ ...full, model });
    tracker.record({ provider: "p" });
    const { cost, runIds, ...same } = full;
    const record = { ...same, costUsd: cost?.usd, costParts: cost?.parts, runId: runIds?.[0] };
    expect(tracker.records()).toEqual([
      { ...record, model: "4" },
      { ...record, model: "5" },
      { provider: "p", timestamp: START },
    ]);
    expect(tracker.records({ agentName: "a", sessionId: "1", since: START })).toHaveLength(2);
    tracker.close();
  });

  it("has minutes become hours and then days, when there are too many, and counts no call twice", () => {
    const tracker = new CostTracker({ store: make(10) });
    const minutes = 5000;
    for (let at = 0; at < minutes; at++) {
      tracker.record(call({ timestamp: START + at * MINUTE, sessionId: `${at}` }));
    }
    expect(tracker.getUsageSummary().numCalls).toBe(minutes);
    expect(tracker.getUsageSummary({ since: START + 1 }).numCalls).toBe(minutes);
    const since = (days: number): number =>
      tracker.getUsageSummary({ since: START + days * DAY }).numCalls;
    expect([since(1), since(2), since(3)]).toEqual([1, 2, 3].map((days) => minutes - days * 1440));
    expect(tracker.getUsageSummary({ since: START + (minutes - 100) * MINUTE }).numCalls).toBe(100);
    tracker.close();
  });
});

// --- internal ---

function bound(reserved: { release(): void }): { release: () => void } {
  return { release: () => reserved.release() };
}

function usd(made: readonly { readonly cost?: { readonly usd: number } | undefined }[]): number {
  return made.reduce((sum, { cost }) => sum + Math.round((cost?.usd ?? 0) * 1e6), 0) / 1e6;
}

/** The last so many calls by their time, the others by their minute. */
function byHand(
  made: readonly EndedCall[],
  kept: number,
  { agentName, sessionId, since }: UsageFilter,
): UsageSummary {
  const asked = made.filter((each, index) => {
    if (agentName !== undefined && each.agentName !== agentName) return false;
    if (sessionId !== undefined && each.sessionId !== sessionId) return false;
    if (since === undefined) return true;
    const at = each.timestamp ?? 0;
    const end = index < made.length - kept ? at - (at % MINUTE) + MINUTE - 1 : at;
    return end >= Number(since);
  });
  const sum = (of: readonly EndedCall[], key: keyof UsageRecord & keyof EndedCall): number =>
    of.reduce((total, each) => total + Number(each[key] ?? 0), 0);
  const tokens = (of: readonly EndedCall[]): number =>
    sum(of, "inputTokens") + sum(of, "outputTokens");
  const timed = asked.filter(({ latencyMs }) => latencyMs !== undefined);
  const by = (key: "provider" | "model"): Record<string, UsageShare> => {
    const names = [...new Set(asked.map((each) => each[key] ?? "unknown"))];
    return Object.fromEntries(
      names.map((name) => {
        const of = asked.filter((each) => (each[key] ?? "unknown") === name);
        return [name, { cost: usd(of), calls: of.length, tokens: tokens(of) }];
      }),
    );
  };
  return {
    totalCost: usd(asked),
    totalInputTokens: sum(asked, "inputTokens"),
    totalOutputTokens: sum(asked, "outputTokens"),
    totalTokens: tokens(asked),
    numCalls: asked.length,
    avgLatencyMs: timed.length === 0 ? 0 : sum(timed, "latencyMs") / timed.length,
    byProvider: by("provider"),
    byModel: by("model"),
  };
}
