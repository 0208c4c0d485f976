import { afterAll, afterEach, vi } from "vitest";

import { takeFindings } from "./findings.ts";

/**
 * Every run that a test makes in its own process is also written as either version of the conventions has it, and
 * compared with their registry. A test fails over what is neither in order nor a deviation that we have listed.
 */
vi.mock(import("../../../src/telemetry/run-span.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const { shadowedRunSpan } = await import("./shadow-run-span.ts");
  return { ...original, RunSpan: shadowedRunSpan(original.RunSpan) };
});
vi.mock(import("../../../src/telemetry/run-metrics.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const { shadowedRunMetrics } = await import("./shadow-run-metrics.ts");
  return { ...original, RunMetrics: shadowedRunMetrics(original.RunMetrics) };
});

afterEach(complain);
afterAll(complain);

// --- internal ---

function complain(): void {
  const findings = takeFindings();
  if (findings.length === 0) return;
  throw new Error(
    `Against the GenAI conventions (a deviation is listed in test/support/semconv/deviations.ts):\n${findings.join("\n")}`,
  );
}
