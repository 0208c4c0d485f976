import { InMemoryCache } from "@langchain/core/caches";
import { HumanMessage } from "@langchain/core/messages";
import { context, trace } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import {
  createTestTelemetry,
  spanSnapshotSerializer,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import { createTextModel, network, providers } from "../support/providers.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

const question = "What is the capital of France?";
let telemetry: TestTelemetry;
let callbacks: OpenTelemetryCallbackHandler[];

beforeAll(async () => {
  telemetry = createTestTelemetry();
  callbacks = [new OpenTelemetryCallbackHandler()];
  await network.listen();
});
afterEach(() => {
  network.reset();
  telemetry.reset();
  expect(runRegistry().size).toBe(0);
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

/** Name → points without their values. */
async function points(name: string): Promise<unknown[]> {
  const metric = (await telemetry.metrics()).find((each) => each.name === name);
  return metric?.points.map(({ attributes }) => attributes) ?? [];
}

const request = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-5.4-mini",
  "server.address": "api.openai.com",
  "server.port": 443,
};
const answered = { ...request, "gen_ai.response.model": "gpt-5.4-mini-2026-03-17" };

describe("a call", () => {
  it("has the request's parameters on its span", async () => {
    const model = providers.openai.create({
      temperature: 0.2,
      topP: 0.9,
      maxTokens: 100,
      stop: ["END"],
      frequencyPenalty: 0.1,
      presencePenalty: 0.3,
      modelKwargs: { seed: 7, response_format: { type: "json_object" }, service_tier: "flex" },
    });
    await model.invoke(question, { callbacks, metadata: { thread_id: "t-1" } });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("records the conventions' metrics, and our own beside them", async () => {
    await providers.openai.create().invoke(question, { callbacks });
    const metrics = await telemetry.metrics();
    const called = { "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5.4-mini" };
    // USD per million tokens: fresh input and cache writes 0.75, cache reads 0.075, output 4.5.
    const usd = ((40 + 500) * 0.75 + 2000 * 0.075 + 60 * 4.5) / 1e6;
    expect(metrics).toMatchObject([
      {
        name: "gen_ai.client.operation.duration",
        unit: "s",
        type: "histogram",
        points: [{ attributes: answered, count: 1 }],
      },
      {
        name: "gen_ai.client.token.usage",
        unit: "{token}",
        type: "histogram",
        points: [
          {
            attributes: { ...answered, "gen_ai.token.type": "cache_creation" },
            count: 1,
            sum: 500,
          },
          { attributes: { ...answered, "gen_ai.token.type": "cache_read" }, count: 1, sum: 2000 },
          { attributes: { ...answered, "gen_ai.token.type": "input" }, count: 1, sum: 2540 },
          { attributes: { ...answered, "gen_ai.token.type": "output" }, count: 1, sum: 60 },
        ],
      },
      {
        name: "langchain.call.cost",
        unit: "{USD}",
        type: "histogram",
        points: [{ attributes: called, count: 1, sum: expect.closeTo(usd, 9) }],
      },
      {
        name: "langchain.call.tokens",
        unit: "{token}",
        points: [
          {
            attributes: {
              "gen_ai.provider.name": "openai",
              "gen_ai.request.model": "gpt-5.4-mini",
            },
            sum: 2600,
          },
        ],
      },
      {
        name: "langchain.cost",
        unit: "{USD}",
        type: "counter",
        points: [{ attributes: called, value: expect.closeTo(usd, 9) }],
      },
      {
        name: "langchain.llm.calls",
        unit: "{call}",
        points: [
          {
            attributes: {
              "gen_ai.provider.name": "openai",
              "gen_ai.request.model": "gpt-5.4-mini",
              status: "ok",
              streaming: false,
            },
            value: 1,
          },
        ],
      },
      {
        name: "langchain.tokens",
        unit: "{token}",
        points: [
          { attributes: { "gen_ai.provider.name": "openai", direction: "input" }, value: 2540 },
          { attributes: { "gen_ai.provider.name": "openai", direction: "output" }, value: 60 },
        ],
      },
    ]);
    expect(
      metrics.map(({ points: [point] }) => point && "buckets" in point && point.buckets.boundaries),
    ).toEqual([
      [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
      [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
      [
        0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
        50, 100,
      ],
      [10, 50, 100, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000],
      false,
      false,
      false,
    ]);
  });

  it("has the same duration on the span and in the metric", async () => {
    await providers.openai.create().invoke(question, { callbacks });
    const [span] = telemetry.spans();
    const duration = (await telemetry.metrics()).find(
      ({ name }) => name === "gen_ai.client.operation.duration",
    );
    const [seconds = 0, nanos = 0] = span?.duration ?? [];
    expect(duration?.points).toMatchObject([{ sum: expect.closeTo(seconds + nanos / 1e9, 6) }]);
  });

  it("is a child of the span that is active, and ends when that one has long ended", async () => {
    const hang = network.hang("openai");
    const tracer = trace.getTracer("app");
    const answer = tracer.startActiveSpan("POST /chat", (span) => {
      const started = providers.openai.create().invoke(question, { callbacks });
      span.end();
      return started;
    });
    await hang.reached;
    expect(telemetry.tree().map(({ name, children }) => [name, children])).toEqual([
      ["POST /chat", []],
    ]);
    hang.release();
    await answer;
    const [root] = telemetry.tree();
    expect(root).toMatchObject({
      name: "POST /chat",
      children: [{ name: "gen_ai.chat", attributes: { "gen_ai.usage.input_tokens": 2540 } }],
    });
  });

  it("never takes the active span for its own", async () => {
    await trace.getTracer("app").startActiveSpan("mine", async (span) => {
      await providers.openai.create().invoke(question, { callbacks });
      expect(trace.getSpan(context.active())).toBe(span);
      expect(span.isRecording()).toBe(true);
      span.end();
    });
    const [mine] = telemetry.tree();
    expect(mine).toMatchObject({ name: "mine", attributes: {}, status: "UNSET" });
  });

  it.each([
    [{ thread_id: "t", session_id: "s", conversation_id: "c" }, "t"],
    [{ session_id: "s", conversation_id: "c" }, "s"],
    [{ conversation_id: "c" }, "c"],
    [{ user: "u" }, undefined],
  ])("takes the conversation from metadata %j: %s", async (metadata, conversation) => {
    await providers.openai.create().invoke(question, { callbacks, metadata });
    expect(telemetry.spans()[0]?.attributes["gen_ai.conversation.id"]).toBe(conversation);
  });
});

describe("a stream", () => {
  it("is one span, with the time to its first chunk and one record for each further one", async () => {
    const stream = await providers.openai.create().stream(question, { callbacks });
    for await (const _ of stream);
    expect(telemetry.tree()).toMatchSnapshot();
    expect(await points("gen_ai.client.operation.time_to_first_chunk")).toEqual([answered]);
    const perChunk = (await telemetry.metrics()).find(
      (each) => each.name === "gen_ai.client.operation.time_per_output_chunk",
    );
    // Six chunks on the wire; the response's model is not known yet when they pass.
    expect(perChunk?.points).toMatchObject([{ attributes: request, count: 5 }]);
  });

  it("is none when a model that streams inside is invoked without one", async () => {
    // @langchain/google-genai reports a whole answer as one token.
    await providers["google-genai"].create().invoke(question, { callbacks });
    expect(telemetry.spans()[0]?.attributes).not.toHaveProperty("gen_ai.request.stream");
    expect(await points("gen_ai.client.operation.time_to_first_chunk")).toEqual([]);
  });

  it("by streamEvents v2 is one span", async () => {
    const events: string[] = [];
    for await (const { event } of providers.openai
      .create()
      .streamEvents(question, { version: "v2", callbacks })) {
      events.push(event);
    }
    expect(events.at(0)).toBe("on_chat_model_start");
    expect(events.at(-1)).toBe("on_chat_model_end");
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("that the provider breaks off is an error", async () => {
    network.answerWith("anthropic", "anthropic.messages.stream.error.sse.txt");
    const read = async (): Promise<void> => {
      for await (const _ of await providers.anthropic.create().stream(question, { callbacks }));
    };
    await expect(read()).rejects.toThrow("overloaded");
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("whose connection is cut is an error", async () => {
    network.dropAfter("openai", 3);
    const read = async (): Promise<void> => {
      for await (const _ of await providers.openai.create().stream(question, { callbacks }));
    };
    await expect(read()).rejects.toThrow();
    expect(telemetry.tree()).toMatchObject([
      { status: "ERROR", attributes: { "langchain.run.outcome": "error" } },
    ]);
  });
});

describe("a handler that is given several times", () => {
  it("makes one span a run and counts each chunk once", async () => {
    const model = providers.openai.create({
      callbacks: [...callbacks, new OpenTelemetryCallbackHandler()],
    });
    for await (const _ of await model.stream(question, { callbacks }));
    expect(telemetry.spans()).toHaveLength(1);
    const metrics = await telemetry.metrics();
    const counts = metrics.map(({ name, points: [point] }) => [
      name,
      point && ("count" in point ? point.count : point.value),
    ]);
    expect(counts).toContainEqual(["gen_ai.client.operation.time_per_output_chunk", 5]);
    expect(counts).toContainEqual(["langchain.llm.calls", 1]);
  });

  it("tells that from a run id that is used twice", async () => {
    const hang = network.hang("openai", { times: 2 });
    const runId = crypto.randomUUID();
    const answers = [1, 2].map(() =>
      providers.openai.create().invoke(question, { callbacks, runId }),
    );
    await hang.reached;
    hang.release();
    await Promise.all(answers);
    expect(
      telemetry
        .tree()
        .map(({ attributes }) => attributes["langchain.run.outcome"])
        .toSorted(),
    ).toEqual(["abandoned", undefined]);
  });
});

describe("a failed call", () => {
  it.each([
    [401, "openai.error.401.json"],
    [400, "openai.error.400.context.json"],
    [404, "openai.error.404.json"],
    [429, "openai.error.429.json"],
    [429, "openai.error.429.quota.json"],
    [500, "openai.error.500.json"],
  ])("with HTTP %i (%s) is an error with the real class and no secret", async (status, sample) => {
    network.failWith("openai", status, sample);
    await expect(providers.openai.create().invoke(question, { callbacks })).rejects.toThrow();
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("records its duration with the error's type, and no tokens", async () => {
    network.failWith("openai", 500, "openai.error.500.json");
    await expect(providers.openai.create().invoke(question, { callbacks })).rejects.toThrow();
    expect(await points("gen_ai.client.operation.duration")).toEqual([
      { ...request, "error.type": "InternalServerError" },
    ]);
    expect(await points("gen_ai.client.token.usage")).toEqual([]);
    expect(await points("langchain.llm.calls")).toEqual([
      {
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5.4-mini",
        status: "error",
        streaming: false,
      },
    ]);
  });
});

describe("an aborted call", () => {
  it("is cancelled and not red", async () => {
    const hang = network.hang("openai");
    const abort = new AbortController();
    const answer = providers.openai.create().invoke(question, { callbacks, signal: abort.signal });
    await hang.reached;
    abort.abort();
    await expect(answer).rejects.toThrow();
    hang.release();
    expect(telemetry.tree()).toMatchSnapshot();
    expect(await points("gen_ai.client.operation.duration")).toEqual([request]);
  });

  it("with a reason of the user's own is cancelled too", async () => {
    const hang = network.hang("openai");
    const abort = new AbortController();
    const answer = providers.openai.create().invoke(question, { callbacks, signal: abort.signal });
    await hang.reached;
    abort.abort(new Error("the user pressed stop"));
    await expect(answer).rejects.toThrow();
    hang.release();
    expect(telemetry.tree()).toMatchObject([
      { status: "UNSET", attributes: { "langchain.run.outcome": "cancelled" } },
    ]);
  });

  it("that its model ends with nothing is cancelled", async () => {
    // @langchain/mistralai does.
    const hang = network.hang("mistral");
    const abort = new AbortController();
    const answer = providers.mistral
      .create()
      .invoke(question, { callbacks, signal: abort.signal })
      .catch(String);
    await hang.reached;
    abort.abort();
    hang.release();
    await answer;
    await ended(1);
    expect(telemetry.tree()).toMatchObject([
      { status: "UNSET", attributes: { "langchain.run.outcome": "cancelled" } },
    ]);
  });

  it("that its model answers all the same went well, and its tokens count", async () => {
    // @langchain/google-genai does not listen.
    const hang = network.hang("google-genai");
    const abort = new AbortController();
    const answer = providers["google-genai"]
      .create()
      .invoke(question, { callbacks, signal: abort.signal });
    await hang.reached;
    abort.abort();
    hang.release();
    expect((await answer).text).toContain("Paris");
    expect(telemetry.tree()[0]?.attributes).toMatchObject({ "gen_ai.usage.input_tokens": 2540 });
    expect(telemetry.tree()[0]?.attributes).not.toHaveProperty("langchain.run.outcome");
  });

  it("by a time-out is an error", async () => {
    const hang = network.hang("openai");
    await expect(
      providers.openai.create().invoke(question, { callbacks, timeout: 50 }),
    ).rejects.toThrow();
    hang.release();
    expect(telemetry.tree()).toMatchObject([
      {
        status: "ERROR",
        attributes: { "langchain.run.outcome": "error", "error.type": "TimeoutError" },
      },
    ]);
  });

  it("in the middle of its stream is cancelled", async () => {
    const hang = network.hang("openai", { at: 3 });
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of await providers.openai
        .create()
        .stream(question, { callbacks, signal: abort.signal }))
        abort.abort();
    };
    await expect(read()).rejects.toThrow();
    hang.release();
    await ended(1);
    expect(telemetry.tree()).toMatchObject([
      { status: "UNSET", attributes: { "langchain.run.outcome": "cancelled" } },
    ]);
  });
});

describe("several calls", () => {
  it("of withRetry are one span an attempt, below one for all", async () => {
    network.failWith("openai", 500, "openai.error.500.json", { times: 1 });
    await providers.openai
      .create()
      .withRetry({ stopAfterAttempt: 2 })
      .invoke(question, { callbacks });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("that the model itself retries are one span, as one operation", async () => {
    network.rateLimitFirst("openai");
    await providers.openai.create({ maxRetries: 1 }).invoke(question, { callbacks });
    expect(network.requests).toHaveLength(2);
    expect(telemetry.tree()).toMatchObject([{ name: "gen_ai.chat", status: "UNSET" }]);
  });

  it("of withFallbacks are one span a model, below one for all", async () => {
    network.failWith("openai", 500, "openai.error.500.json");
    const model = providers.openai.create().withFallbacks([providers.anthropic.create()]);
    await model.invoke(question, { callbacks });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("of batch are a span each", async () => {
    await providers.openai
      .create()
      .batch([question, question, question], { callbacks, maxConcurrency: 2 });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("of generate with several prompts are a span each", async () => {
    const message = [new HumanMessage(question)];
    await providers.openai.create().generate([message, message], { callbacks });
    expect(telemetry.tree()).toMatchObject([
      { name: "gen_ai.chat", attributes: { "gen_ai.usage.input_tokens": 2540 } },
      { name: "gen_ai.chat", attributes: { "gen_ai.usage.input_tokens": 2540 } },
    ]);
  });
});

describe("what is special", () => {
  it("n > 1 is one call whose tokens count once", async () => {
    network.answerWith("openai", "own/openai.chat.n2.json");
    await providers.openai.create({ n: 2 }).generate([[new HumanMessage(question)]], { callbacks });
    expect(telemetry.tree()).toMatchObject([
      {
        attributes: {
          "gen_ai.request.choice.count": 2,
          "gen_ai.response.finish_reasons": ["stop", "length"],
          "gen_ai.usage.input_tokens": 2540,
          "gen_ai.usage.output_tokens": 60,
        },
      },
    ]);
  });

  it("an answer of LangChain's cache is marked, has no tokens and no provider metrics", async () => {
    const model = providers.openai.create({ cache: new InMemoryCache() });
    await model.invoke(question, { callbacks });
    telemetry.reset();
    await model.invoke(question, { callbacks });
    expect(network.requests).toHaveLength(1);
    expect(telemetry.tree()).toMatchSnapshot();
    expect((await telemetry.metrics()).map(({ name }) => name)).toEqual(["langchain.llm.calls"]);
  });

  it("a text model has its own span name and operation", async () => {
    await createTextModel().invoke(question, { callbacks });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("a text model's stream too", async () => {
    for await (const _ of await createTextModel().stream(question, { callbacks }));
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("a text model's several prompts are one request: its tokens stand on the first span only", async () => {
    await createTextModel({ batchSize: 5 }).generate([question, question], { callbacks });
    expect(
      telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]),
    ).toEqual([2540, undefined]);
  });
});

/** The span of a run that no callback ends comes a moment later. */
async function ended(count: number): Promise<void> {
  await expect.poll(() => telemetry.spans().length).toBe(count);
}
