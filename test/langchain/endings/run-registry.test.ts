import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Run, RunRegistry } from "../../../src/langchain/run-registry.ts";

let abandoned: string[];

beforeEach(() => {
  abandoned = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = { maxRuns: 100, runTtlMs: 3_600_000 };

function run(id: string): Run {
  return {
    id,
    kind: "chain",
    context: ROOT_CONTEXT,
    owner: undefined,
    startedAt: performance.now(),
    abandon: () => void abandoned.push(id),
  };
}

describe("a run that never ends", () => {
  it("is abandoned after its time to live, though nothing else happens", () => {
    const registry = new RunRegistry();
    registry.open(run("a"), HOUR);
    vi.advanceTimersByTime(2_000_000);
    registry.open(run("b"), HOUR);
    vi.advanceTimersByTime(1_600_001);
    expect(abandoned).toEqual(["a"]);
    vi.advanceTimersByTime(2_000_000);
    expect(abandoned).toEqual(["a", "b"]);
    expect(registry.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is abandoned when there are too many, the oldest first", () => {
    const registry = new RunRegistry();
    for (const id of ["a", "b", "c"]) registry.open(run(id), { ...HOUR, maxRuns: 2 });
    expect(abandoned).toEqual(["a"]);
  });

  it("is abandoned after the shorter of two times to live", () => {
    const registry = new RunRegistry();
    registry.open(run("a"), HOUR);
    registry.open(run("b"), { maxRuns: 100, runTtlMs: 1000 });
    vi.advanceTimersByTime(1001);
    expect(abandoned).toEqual(["a", "b"]);
  });

  it("may live longer than a timer can wait", () => {
    const registry = new RunRegistry();
    registry.open(run("a"), { maxRuns: 100, runTtlMs: 2 ** 31 + 1000 });
    vi.advanceTimersByTime(2 ** 31);
    expect(abandoned).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(abandoned).toEqual(["a"]);
  });
});

it("has one timer however many runs there are, which does not keep the process alive", () => {
  vi.useRealTimers();
  const timers: NodeJS.Timeout[] = [];
  const real = globalThis.setTimeout;
  vi.stubGlobal("setTimeout", (...args: Parameters<typeof real>) => {
    const timer = real(...args);
    timers.push(timer);
    return timer;
  });
  try {
    const registry = new RunRegistry();
    for (let at = 0; at < 1000; at++) registry.open(run(String(at)), { ...HOUR, maxRuns: 10_000 });
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  } finally {
    vi.unstubAllGlobals();
    for (const timer of timers) clearTimeout(timer);
  }
});

it("takes a timer back where it would keep something alive, as on edge runtimes", () => {
  const set = vi.fn(() => 7);
  const clear = vi.fn();
  vi.stubGlobal("setTimeout", set);
  vi.stubGlobal("clearTimeout", clear);
  try {
    const registry = new RunRegistry();
    registry.open(run("a"), HOUR);
    registry.open(run("b"), HOUR);
    expect(set).toHaveBeenCalledTimes(1);
    expect(clear).toHaveBeenCalledWith(7);
  } finally {
    vi.unstubAllGlobals();
  }
});

it("ends all runs at once, each once", () => {
  const registry = new RunRegistry();
  for (const id of ["a", "b"]) registry.open(run(id), HOUR);
  registry.abandonAll();
  registry.abandonAll();
  expect(abandoned).toEqual(["a", "b"]);
  expect(context.active()).toBe(ROOT_CONTEXT);
});
