import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import type { EnergyOption } from "../../src/pricing/energy.ts";
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

/** What is written of the samples' one call: 2540 tokens in, 60 out. */
async function written(energy?: EnergyOption): Promise<Record<string, unknown>> {
  const callbacks = [new OpenTelemetryCallbackHandler({ energy })];
  await providers.openai.create().invoke("hi", { callbacks });
  const metrics = await telemetry.metrics();
  const sum = (wanted: string): unknown =>
    metrics
      .find(({ name }) => name === wanted)
      ?.points.map((point) => ("value" in point ? point.value : undefined));
  const [span] = telemetry.spans();
  return {
    wh: span?.attributes["langchain.energy.estimated_wh"],
    grams: span?.attributes["langchain.carbon.estimated_g"],
    energy: sum("langchain.energy"),
    carbon: sum("langchain.carbon"),
  };
}

const nothing = { wh: undefined, grams: undefined, energy: undefined, carbon: undefined };

it("is estimated by the figures for the model that answered, or was asked", async () => {
  const models = { "gpt-5.4-mini": { whPerOutputToken: 0.001, whPerInputToken: 0.0001 } };
  const wh = 60 * 0.001 + 2540 * 0.0001;
  expect(await written({ models, gramsPerKwh: 400 })).toEqual({
    wh: expect.closeTo(wh, 12),
    grams: expect.closeTo(wh * 0.4, 12),
    energy: [expect.closeTo(wh, 12)],
    carbon: [expect.closeTo(wh * 0.4, 12)],
  });
});

it("is energy alone where nobody knows the grid", async () => {
  const models = { "*": { whPerOutputToken: 0.001 } };
  expect(await written({ models })).toEqual({
    ...nothing,
    wh: expect.closeTo(0.06, 12),
    energy: [expect.closeTo(0.06, 12)],
  });
});

it("is nothing without figures", async () => {
  expect(await written()).toEqual(nothing);
  telemetry.reset();
  expect(await written({ models: { other: { whPerOutputToken: 1 } } })).toEqual(nothing);
});
