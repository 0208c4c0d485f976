import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import {
  createTestTelemetry,
  spanSnapshotSerializer,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import { network, providers } from "../support/providers.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

let telemetry: TestTelemetry;
beforeAll(async () => {
  telemetry = createTestTelemetry();
  await network.listen();
});
afterEach(() => {
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

const callbacks = [new OpenTelemetryCallbackHandler({ semconv: "next" })];

describe("with the next version of the conventions", () => {
  it("a span has that version's name and attributes", async () => {
    await providers.openai.create({ reasoning: { effort: "low" } }).invoke("hi", { callbacks });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("without a model the span is called by its operation alone", () => {
    const [handler] = callbacks as unknown as Record<string, (...args: unknown[]) => void>[];
    handler?.["handleChatModelStart"]?.({}, [], "run", undefined, {});
    handler?.["handleLLMEnd"]?.({}, "run");
    expect(telemetry.tree()).toMatchObject([{ name: "chat" }]);
  });

  it("a streamed call is counted by that version's instruments, each kind of token by its own", async () => {
    for await (const _ of await providers.openai.create().stream("hi", { callbacks }));
    const metrics = await telemetry.metrics();
    const summary = metrics.map(({ name, type, unit, points }) => [
      name,
      type,
      unit,
      points.map((point) => ("value" in point ? point.value : point.count)),
      points[0]?.attributes["gen_ai.token.modality"],
    ]);
    expect(summary).toEqual([
      ["gen_ai.client.inference.duration", "histogram", "s", [1], undefined],
      ["gen_ai.client.inference.operation.input_tokens", "histogram", "{token}", [1], undefined],
      ["gen_ai.client.inference.operation.output_tokens", "histogram", "{token}", [1], undefined],
      ["gen_ai.client.inference.time_per_output_chunk", "histogram", "s", [5], undefined],
      ["gen_ai.client.inference.time_to_first_chunk", "histogram", "s", [1], undefined],
      [
        "gen_ai.client.inference.usage.cache_read.input_tokens",
        "counter",
        "{token}",
        [2000],
        "unknown",
      ],
      [
        "gen_ai.client.inference.usage.cache_write.input_tokens",
        "counter",
        "{token}",
        [500],
        "unknown",
      ],
      ["gen_ai.client.inference.usage.input_tokens", "counter", "{token}", [2540], "unknown"],
      ["gen_ai.client.inference.usage.output_tokens", "counter", "{token}", [60], "unknown"],
      [
        "gen_ai.client.inference.usage.reasoning.output_tokens",
        "counter",
        "{token}",
        [25],
        "unknown",
      ],
      ["langchain.call.tokens", "histogram", "{token}", [1], undefined],
      ["langchain.llm.calls", "counter", "{call}", [1], undefined],
      ["langchain.tokens", "counter", "{token}", [2540, 60], undefined],
    ]);
  });
});

it("the prefix of our own metrics can be chosen", async () => {
  await providers.openai
    .create()
    .invoke("hi", { callbacks: [new OpenTelemetryCallbackHandler({ metricPrefix: "acme" })] });
  const names = (await telemetry.metrics())
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("gen_ai."));
  expect(names).toEqual(["acme.call.tokens", "acme.llm.calls", "acme.tokens"]);
});

it("static attributes, agent and conversation stand on every span", async () => {
  const handler = new OpenTelemetryCallbackHandler({
    attributes: { team: "blue" },
    agentName: "helper",
    conversationId: "c-0",
  });
  await providers.openai.create().invoke("hi", { callbacks: [handler] });
  await providers.openai
    .create()
    .invoke("hi", { callbacks: [handler], metadata: { thread_id: "t-1" } });
  expect(
    telemetry
      .tree()
      .map(({ attributes }) => [
        attributes["team"],
        attributes["gen_ai.agent.name"],
        attributes["gen_ai.conversation.id"],
      ]),
  ).toEqual([
    ["blue", "helper", "c-0"],
    ["blue", "helper", "t-1"],
  ]);
});
