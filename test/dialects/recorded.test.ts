import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { Dialect } from "../../src/dialects/dialect.ts";
import { llm } from "../../src/dialects/llm.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import type { HandlerOptions } from "../../src/options.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { network, providers } from "../support/providers.ts";

let telemetry: TestTelemetry;
beforeAll(async () => {
  telemetry = createTestTelemetry();
  await network.listen();
});
afterEach(() => {
  network.reset();
  telemetry.reset();
  diag.disable();
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

/** The attributes of a real call's span. */
async function called(options: HandlerOptions): Promise<Record<string, unknown>> {
  const callbacks = [new OpenTelemetryCallbackHandler(options)];
  await providers.anthropic.create().invoke("hi", { callbacks });
  return { ...telemetry.spans()[0]?.attributes };
}

/** By name: unit, and each point's attributes and sum. */
async function points(): Promise<Record<string, unknown>> {
  const metrics = await telemetry.metrics();
  return Object.fromEntries(
    metrics.map(({ name, unit, points: all }) => [
      name,
      [unit, all.map((point) => [point.attributes, "value" in point ? point.value : point.sum])],
    ]),
  );
}

const names = {
  requestAttributes: () => ({}),
  endAttributes: () => ({}),
  contentAttributes: () => ({}),
};

describe("a call with dialects", () => {
  it("has none of their attributes and metrics unless it is asked for", async () => {
    const attributes = await called({});
    expect(Object.keys(attributes).filter((name) => /^llm\.|^openinf|system$/.test(name))).toEqual(
      [],
    );
    const measured = JSON.stringify(await points());
    expect(measured).not.toMatch(/"llm\.|gen_ai\.system/);
  });

  it("has the vystak names on its span and its metrics", async () => {
    const attributes = await called({ dialects: ["vystak"] });
    expect(attributes).toMatchObject({
      "gen_ai.system": "anthropic",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.usage.cache_read_input_tokens": attributes["gen_ai.usage.cache_read.input_tokens"],
      "gen_ai.usage.cache_creation_input_tokens":
        attributes["gen_ai.usage.cache_creation.input_tokens"],
    });
    expect(attributes["gen_ai.usage.cache_read_input_tokens"]).toBeGreaterThan(0);
    const metrics = await telemetry.metrics();
    for (const name of ["gen_ai.client.token.usage", "gen_ai.client.operation.duration"]) {
      const all = metrics.find((metric) => metric.name === name)?.points ?? [];
      expect(all.length).toBeGreaterThan(0);
      for (const point of all)
        expect([name, point.attributes["gen_ai.system"]]).toEqual([name, "anthropic"]);
    }
  });

  it("keeps the llm contract on its span and in its counters", async () => {
    const attributes = await called({ dialects: ["llm"] });
    const input = Number(attributes["gen_ai.usage.input_tokens"]);
    const output = Number(attributes["gen_ai.usage.output_tokens"]);
    expect(input * output).toBeGreaterThan(0);
    const model = attributes["gen_ai.request.model"];
    const identity = {
      "llm.provider": "anthropic",
      "llm.model": model,
      "gen_ai.system": "anthropic",
    };
    expect(attributes).toMatchObject({
      ...identity,
      "llm.request.type": "chat",
      "llm.tokens.prompt": input,
      "llm.tokens.completion": output,
      "llm.tokens.total": input + output,
      "gen_ai.request.model": model,
    });
    expect(await points()).toMatchObject({
      "llm.prompt.tokens": ["{token}", [[identity, input]]],
      "llm.completion.tokens": ["{token}", [[identity, output]]],
      "llm.total.tokens": ["{token}", [[identity, input + output]]],
    });
  });

  it("counts once, by name and by object", async () => {
    const attributes = await called({ dialects: ["llm", llm] });
    const measured = (await points()) as Record<string, [string, [object, number][]]>;
    expect(measured["llm.prompt.tokens"]?.[1].map(([, sum]) => sum)).toEqual([
      attributes["llm.tokens.prompt"],
    ]);
  });

  it("takes the names from the environment", async () => {
    vi.stubEnv("LANGCHAIN_OTEL_DIALECTS", "vystak, llm");
    expect(await called({})).toMatchObject({
      "gen_ai.system": "anthropic",
      "llm.request.type": "chat",
    });
    telemetry.reset();
    expect(await called({ dialects: [] })).not.toHaveProperty("llm.request.type");
  });
});

describe("a dialect of one's own", () => {
  it("says what it likes, of spans and of metrics that stay bounded", async () => {
    const mine: Dialect = {
      requestAttributes: Object.freeze(({ kind }) => Object.freeze({ "acme.kind": kind })),
      endAttributes: (_, { outcome }) => ({ "acme.outcome": outcome }),
      contentAttributes: (_, { inputMessages }) =>
        inputMessages === undefined ? {} : { "acme.input": inputMessages.json },
      counts: () => [
        {
          counter: { name: "acme.calls", kind: "counter", unit: "{call}", description: "Calls." },
          value: 2,
          attributes: { "llm.model": "m", "acme.user": "ann" },
        },
      ],
    };
    expect(await called({ dialects: [mine], captureContent: "span" })).toMatchObject({
      "acme.kind": "model",
      "acme.outcome": "ok",
      "acme.input": '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
    });
    expect(await points()).toMatchObject({ "acme.calls": ["{call}", [[{ "llm.model": "m" }, 2]]] });
  });

  it("that fails takes nothing of ours with it, and is reported", async () => {
    const errors: unknown[] = [];
    const logger = { error: (message: string) => errors.push(message) };
    const silent = { debug() {}, info() {}, warn() {}, verbose() {} };
    diag.setLogger({ ...silent, ...logger }, DiagLogLevel.ERROR);
    const fail = (): never => {
      throw new Error("no");
    };
    const bad: Dialect = {
      requestAttributes: fail,
      endAttributes: fail,
      contentAttributes: fail,
      metricAttributes: fail,
      counts: fail,
    };
    const expected = Object.keys(await called({ captureContent: "span" })).toSorted();
    const before = Object.keys(await points());
    telemetry.reset();
    const attributes = await called({ dialects: [bad, names], captureContent: "span" });
    expect(Object.keys(attributes).toSorted()).toEqual(expected);
    expect(Object.keys(await points())).toEqual(before);
    expect(
      errors.map((message) => /asking a dialect for \w+ ?\w*/.exec(String(message))?.[0]),
    ).toEqual([
      "asking a dialect for metric attributes",
      "asking a dialect for request attributes",
      "asking a dialect for content attributes",
      "asking a dialect for counts failed",
      "asking a dialect for end attributes",
    ]);
  });
});
