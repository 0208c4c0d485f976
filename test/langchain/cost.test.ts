import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import type { ProviderId } from "../support/answers.ts";
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

/**
 * The samples' one call: 2540 in, of which 2000 were read from the cache and 500 written to it, 60 out. Prices in USD per
 * million tokens, as the providers publish them: fresh input, cache read, cache write (as input where it costs no more),
 * output.
 */
const PRICES: Partial<
  Record<ProviderId, [fresh: number, read: number, write: number, out: number]>
> = {
  openai: [0.75, 0.075, 0.75, 4.5],
  "openai-responses": [0.75, 0.075, 0.75, 4.5],
  "google-vertex": [0.3, 0.03, 0.3, 2.5],
  google: [0.3, 0.03, 0.3, 2.5],
  "google-genai": [0.3, 0.03, 0.3, 2.5],
};

describe("a call's cost", () => {
  it.each(Object.entries(PRICES))("of %s is on its span", async (id, [fresh, read, write, out]) => {
    const callbacks = [new OpenTelemetryCallbackHandler()];
    await providers[id as ProviderId].create().invoke("hi", { callbacks });
    const usd = (40 * fresh + 2000 * read + 500 * write + 60 * out) / 1e6;
    expect(telemetry.spans()[0]?.attributes["langchain.cost.usd"]).toBeCloseTo(usd, 9);
  });

  it("of Anthropic counts writes for five minutes and for an hour apart", async () => {
    const callbacks = [new OpenTelemetryCallbackHandler()];
    await providers.anthropic.create().invoke("hi", { callbacks });
    // 300 for five minutes at 1.25 times the input's price of 3, 200 for an hour at twice that.
    const usd = (40 * 3 + 2000 * 0.3 + 300 * 3.75 + 200 * 6 + 60 * 15) / 1e6;
    expect(telemetry.spans()[0]?.attributes["langchain.cost.usd"]).toBeCloseTo(usd, 9);
  });

  it("that nobody knows is missing, and not nothing", async () => {
    await providers.ollama
      .create()
      .invoke("hi", { callbacks: [new OpenTelemetryCallbackHandler()] });
    const [span] = telemetry.spans();
    expect(span?.attributes["langchain.pricing_missing"]).toBe(true);
    expect(span?.attributes).not.toHaveProperty("langchain.cost.usd");
    const metrics = await telemetry.metrics();
    expect(metrics.find(({ name }) => name === "langchain.pricing.missing")?.points).toMatchObject([
      {
        attributes: { "gen_ai.provider.name": "ollama", "gen_ai.request.model": "qwen3:8b" },
        value: 1,
      },
    ]);
    expect(metrics.some(({ name }) => name === "langchain.cost")).toBe(false);
  });

  it("is by a table of one's own first", async () => {
    const cost = { ollama: { "qwen3:8b": { input: 1, output: 10 } } };
    const callbacks = [new OpenTelemetryCallbackHandler({ cost })];
    await providers.ollama.create().invoke("hi", { callbacks });
    const [span] = telemetry.spans();
    const [input, output] = ["input", "output"].map((kind) =>
      Number(span?.attributes[`gen_ai.usage.${kind}_tokens`]),
    );
    expect(span?.attributes["langchain.cost.usd"]).toBeCloseTo(
      ((input ?? 0) + (output ?? 0) * 10) / 1e6,
      9,
    );
  });

  it("is nothing to speak of where it is not wanted", async () => {
    const callbacks = [new OpenTelemetryCallbackHandler({ cost: false })];
    await providers.openai.create().invoke("hi", { callbacks });
    await providers.ollama.create().invoke("hi", { callbacks });
    const written = telemetry.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(written.filter((name) => /cost|pricing/.test(name))).toEqual([]);
    const metrics = await telemetry.metrics();
    expect(metrics.filter(({ name }) => /cost|pricing/.test(name))).toEqual([]);
  });

  it("of a call that failed is unknown, and not missing", async () => {
    network.failWith("openai", 500, "openai.error.500.json");
    const callbacks = [new OpenTelemetryCallbackHandler()];
    await expect(providers.openai.create().invoke("hi", { callbacks })).rejects.toThrow();
    const written = Object.keys(telemetry.spans()[0]?.attributes ?? {});
    expect(written.filter((name) => /cost|pricing/.test(name))).toEqual([]);
  });
});

describe("an agent's cost", () => {
  it("is that of its calls, on every span above them and once in the metrics", async () => {
    const server = await startProviderServer();
    const look = tool(() => "Sunny", { name: "look", description: "Looks", schema: z.object({}) });
    const model = new ChatOpenAI({
      model: "gpt-5-mini",
      apiKey: "none",
      configuration: { baseURL: `${server.url}/v1` },
    });
    const callbacks = [new OpenTelemetryCallbackHandler()];
    try {
      const agent = createAgent({ model, tools: [look], name: "scout" });
      await agent.invoke({ messages: ["Weather?"] }, { callbacks });
    } finally {
      await server.close();
    }
    const spans = telemetry.spans();
    const calls = spans
      .filter(({ name }) => name === "gen_ai.chat")
      .map(({ attributes }) => Number(attributes["langchain.cost.usd"]));
    const [first = 0, second = 0] = calls;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(0);
    expect(
      spans.map(({ name, attributes }) => [name, attributes["langchain.cost.total_usd"]]),
    ).toEqual([
      ["gen_ai.chat", undefined],
      ["node model_request", first],
      ["execute_tool look", undefined],
      ["node tools", undefined],
      ["gen_ai.chat", undefined],
      ["node model_request", second],
      ["invoke_agent scout", first + second],
    ]);
    const metrics = await telemetry.metrics();
    const points = (wanted: string) =>
      metrics
        .filter(({ name }) => name === wanted)
        .flatMap(({ unit, points: all }) =>
          all.map((point) => [unit, point.attributes, "sum" in point ? point.sum : point.value]),
        );
    const call = {
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5-mini",
      "gen_ai.agent.name": "scout",
    };
    const run = { "gen_ai.agent.name": "scout", status: "ok" };
    const tokens = Number(
      spans.find(({ name }) => name.startsWith("invoke_agent"))?.attributes[
        "langchain.tokens.total"
      ],
    );
    expect(points("langchain.cost")).toEqual([["{USD}", call, first + second]]);
    expect(points("langchain.call.cost")).toEqual([["{USD}", call, first + second]]);
    expect(points("langchain.run.cost")).toEqual([["{USD}", run, first + second]]);
    expect(points("langchain.run.tokens")).toEqual([["{token}", run, tokens]]);
  });
});

describe("the switches", () => {
  const switches = [true, false].flatMap((tracing) =>
    [true, false].flatMap((metrics) => [true, false].map((cost) => ({ tracing, metrics, cost }))),
  );

  it.each(switches)("show just what is on: %j", async ({ tracing, metrics, cost }) => {
    const callbacks = [new OpenTelemetryCallbackHandler({ tracing, metrics, cost })];
    await providers.openai.create().invoke("hi", { callbacks });
    const [span] = telemetry.spans();
    const names = (await telemetry.metrics()).map(({ name }) => name);
    expect({
      tracing: span !== undefined,
      metrics: names.includes("gen_ai.client.operation.duration"),
      onSpan: span?.attributes["langchain.cost.usd"] !== undefined,
      inMetrics: names.includes("langchain.cost"),
    }).toEqual({ tracing, metrics, onSpan: tracing && cost, inMetrics: metrics && cost });
  });
});
