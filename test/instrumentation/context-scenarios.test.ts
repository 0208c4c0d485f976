import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { Theatre } from "../support/context-scenario.ts";
import { scenariosOf } from "../support/context-scenarios.ts";

let telemetry: TestTelemetry;
let undici: UndiciInstrumentation;
let instrumentation: LangChainInstrumentation;
let theatre: Theatre;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  undici = new UndiciInstrumentation();
  instrumentation = new LangChainInstrumentation({ chains: "all" });
  await instrumentation.ready;
  theatre = await Theatre.open(() => telemetry.spans());
});
afterEach(async () => {
  await expect.poll(() => runRegistry().size).toBe(0);
  telemetry.reset();
});
afterAll(async () => {
  undici.disable();
  instrumentation.disable();
  await theatre.close();
  telemetry.shutdown();
});

const scenarios = scenariosOf("core 1");

describe("requests and the application's own spans are below the run that made them", () => {
  it.each(scenarios)("$name", async (scenario) => {
    expect(await theatre.play(scenario)).toEqual(scenario.expected);
  });
});

describe("without spans for chains they are below the next run above that has one", () => {
  const withoutChains = (path: string): string =>
    path
      .split(" > ")
      .filter((span) => !span.startsWith("chain "))
      .join(" > ");

  beforeAll(() => instrumentation.setConfig({ chains: "none" }));

  it.each(scenarios.filter(({ expected }) => expected.some((path) => path.includes("chain "))))(
    "$name",
    async (scenario) => {
      const expected = scenario.expected.map(withoutChains).toSorted();
      expect(await theatre.play(scenario)).toEqual(expected);
    },
  );
});
