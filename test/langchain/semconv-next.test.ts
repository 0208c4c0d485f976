import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
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
    // USD per million tokens: fresh input and cache writes 0.75, cache reads 0.075, output 4.5.
    const usd = ((40 + 500) * 0.75 + 2000 * 0.075 + 60 * 4.5) / 1e6;
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
      ["langchain.call.cost", "histogram", "{USD}", [1], undefined],
      ["langchain.call.tokens", "histogram", "{token}", [1], undefined],
      ["langchain.cost", "counter", "{USD}", [expect.closeTo(usd, 9)], undefined],
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
  expect(names).toEqual([
    "acme.call.cost",
    "acme.call.tokens",
    "acme.cost",
    "acme.llm.calls",
    "acme.tokens",
  ]);
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

describe("an exception, with the next version", () => {
  const failing = async (handler: OpenTelemetryCallbackHandler): Promise<void> => {
    network.failWith("openai", 429, "openai.error.429.json");
    const call = providers.openai.create().invoke("hi", { callbacks: [handler] });
    await expect(call).rejects.toThrow();
  };

  it("is a log record of the call's, beside the span's event", async () => {
    await failing(new OpenTelemetryCallbackHandler({ semconv: "next" }));
    const [span] = telemetry.spans();
    const [event] = span?.events ?? [];
    expect(
      telemetry
        .logs()
        .map(({ eventName, severityNumber, attributes, spanContext }) => [
          eventName,
          severityNumber,
          attributes,
          spanContext,
        ]),
    ).toEqual([["gen_ai.client.operation.exception", 13, event?.attributes, span?.spanContext()]]);
    expect(event?.attributes?.["exception.type"]).toBe("RateLimitError");
  });

  it("is none with the released one", async () => {
    await failing(new OpenTelemetryCallbackHandler());
    expect(telemetry.logs()).toEqual([]);
    expect(telemetry.spans()[0]?.events).toHaveLength(1);
  });
});

it("an agent's calls of models and tools are counted by the next version", async () => {
  const server = await startProviderServer();
  const look = tool(() => "Sunny", { name: "look", description: "Looks", schema: z.object({}) });
  const model = new ChatOpenAI({
    model: "gpt-5-mini",
    apiKey: "none",
    configuration: { baseURL: `${server.url}/v1` },
  });
  try {
    const agent = createAgent({ model, tools: [look], name: "scout" });
    await agent.invoke({ messages: ["Weather?"] }, { callbacks });
    const metrics = await telemetry.metrics();
    const sums = metrics
      .filter(({ name }) => /^gen_ai\.invoke_agent\.\w+_calls$/.test(name))
      .map(({ name, unit, points }) => [
        name,
        unit,
        points.map((point) => [point.attributes, "sum" in point ? point.sum : undefined]),
      ]);
    const scout = { "gen_ai.agent.name": "scout" };
    expect(sums).toEqual([
      ["gen_ai.invoke_agent.inference_calls", "{inference_call}", [[scout, 2]]],
      ["gen_ai.invoke_agent.tool_calls", "{tool_call}", [[scout, 1]]],
    ]);
  } finally {
    await server.close();
  }
});
