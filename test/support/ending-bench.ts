import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { EndCounter } from "./ended-runs.ts";

export interface EndingBench {
  readonly telemetry: TestTelemetry;
  /** Forgets what has ended so far, for a second part of a test. */
  reset(): void;
}

/**
 * Telemetry for the tests of a file about how runs end. After each test, every span has ended once and no run is open.
 *
 * @param tracing the instrumentation, with a span for every chain, or handlers alone, which the tests pass
 */
export function endingBench(
  tracing: "instrumentation" | "handler" = "instrumentation",
): EndingBench {
  let telemetry: TestTelemetry;
  let instrumentation: LangChainInstrumentation | undefined;
  const counter = new EndCounter();
  const reset = (): void => {
    expect([[], [1]]).toContainEqual(counter.counts());
    telemetry.reset();
    counter.reset();
  };
  beforeAll(async () => {
    telemetry = createTestTelemetry({ spanProcessors: [counter] });
    if (tracing === "handler") return;
    instrumentation = new LangChainInstrumentation({ chains: "all" });
    await instrumentation.ready;
  });
  afterEach(() => {
    expect(counter.counts()).toEqual([1]);
    expect(runRegistry().size).toBe(0);
    reset();
  });
  afterAll(() => {
    instrumentation?.disable();
    telemetry.shutdown();
  });
  return {
    get telemetry() {
      return telemetry;
    },
    reset,
  };
}
