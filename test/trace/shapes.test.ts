import { beforeEach, describe, expect, it, vi } from "vitest";

import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { traced, wrap } from "../../src/trace/index.ts";
import { sse, wireJson } from "../support/wire.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const PREFIX = /^gen_ai\.(?:usage|response|request|provider|operation)\.|^aws\./;

/** What the one span says of the model, without the prefix. */
function said(): Record<string, unknown> {
  const [span, ...more] = telemetry.spans();
  expect(more).toEqual([]);
  return Object.fromEntries(
    Object.entries(span?.attributes ?? {})
      .filter(([name]) => PREFIX.test(name) && !name.endsWith("first_chunk"))
      .map(([name, value]) => [name.replace("gen_ai.", ""), value]),
  );
}

const tokens = (
  input: number | undefined,
  output?: number,
  read?: number,
  written?: number,
  reasoning?: number,
) =>
  Object.fromEntries(
    Object.entries({
      "usage.input_tokens": input,
      "usage.output_tokens": output,
      "usage.cache_read.input_tokens": read,
      "usage.cache_creation.input_tokens": written,
      "usage.reasoning.output_tokens": reasoning,
    }).filter(([, value]) => value !== undefined),
  );

async function* events(list: readonly unknown[]): AsyncGenerator {
  yield* list;
}
type Asked<T> = (asked: object) => Promise<T>;
const answering = <T>(answer: T): Asked<T> => vi.fn<Asked<T>>(async () => answer);
const streaming = (list: readonly unknown[]): Asked<AsyncGenerator> =>
  vi.fn<Asked<AsyncGenerator>>(async () => events(list));

async function readAll(stream: unknown): Promise<void> {
  for await (const _ of stream as AsyncIterable<unknown>);
}
const frames = (sample: string): unknown[] =>
  sse(sample).flatMap((frame) => {
    const data = /^data: (\{.*)$/m.exec(frame)?.[1];
    return data === undefined ? [] : [JSON.parse(data) as unknown];
  });
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe("@google/genai", () => {
  const client = (vertexai = false) =>
    wrap(
      {
        vertexai,
        models: {
          generateContent: answering(wireJson("gemini.generateContent.json")),
          generateContentStream: streaming(frames("gemini.streamGenerateContent.sse.txt")),
          embedContent: answering({ embeddings: [{ values: [1] }] }),
        },
      },
      { kind: "llm" },
    );
  const asked = {
    model: "gemini-2.5-flash",
    contents: "Hi",
    config: { temperature: 0.2, maxOutputTokens: 9 },
  };
  const known = {
    "operation.name": "chat",
    "provider.name": "gcp.gemini",
    "request.model": "gemini-2.5-flash",
    "request.temperature": 0.2,
    "request.max_tokens": 9,
    "response.model": "gemini-2.5-flash",
    "response.finish_reasons": ["STOP"],
    ...tokens(2540, 60, 2000, undefined, 25),
  };

  it("answers", async () => {
    await client().models.generateContent(asked);
    expect(said()).toEqual({ ...known, "response.id": "wireGem0001" });
  });

  it("streams", async () => {
    await readAll(await client(true).models.generateContentStream(asked));
    expect(said()).toEqual({
      ...known,
      "provider.name": "gcp.vertex_ai",
      "request.stream": true,
      "response.id": "wireGemS1",
    });
  });

  it("embeds", async () => {
    await client().models.embedContent({ model: "gemini-embedding-001", contents: "Hi" });
    expect(said()).toEqual({
      "operation.name": "embeddings",
      "provider.name": "gcp.gemini",
      "request.model": "gemini-embedding-001",
    });
  });
});

describe("Bedrock's InvokeModel", () => {
  const client = (answer: object) =>
    wrap({ config: {}, middlewareStack: {}, send: answering(answer) }, { kind: "llm" });
  const command = (modelId: string, body: object) => ({
    input: { modelId, body: JSON.stringify(body) },
  });
  const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  const known = { "operation.name": "chat", "provider.name": "aws.bedrock" };

  it("answers as the model's maker does: Anthropic", async () => {
    const answer = { body: bytes(wireJson("anthropic.messages.json")), $metadata: {} };
    await client(answer).send(command(claude, { max_tokens: 5, messages: [] }));
    expect(said()).toEqual({
      ...known,
      "request.model": claude,
      "request.max_tokens": 5,
      "response.model": "claude-sonnet-4-5-20250929",
      "response.id": "msg_01Wire0001",
      "response.finish_reasons": ["end_turn"],
      ...tokens(2540, 60, 2000, 500, 25),
    });
  });

  it.each([
    [
      "amazon.titan-text-express-v1",
      { inputTextTokenCount: 7, results: [{ tokenCount: 3, completionReason: "FINISH" }] },
      "FINISH",
    ],
    [
      "meta.llama3-70b-instruct-v1:0",
      { prompt_token_count: 7, generation_token_count: 3, stop_reason: "stop" },
      "stop",
    ],
    [
      "amazon.nova-pro-v1:0",
      {
        output: { message: {} },
        stopReason: "end_turn",
        usage: { inputTokens: 7, outputTokens: 3 },
      },
      "end_turn",
    ],
  ])("answers as %s does", async (modelId, body, reason) => {
    await client({ body: bytes(body), $metadata: {} }).send(command(modelId, {}));
    expect(said()).toEqual({
      ...known,
      "request.model": modelId,
      "response.finish_reasons": [reason],
      ...tokens(7, 3),
    });
  });

  it("streams as the model's maker does", async () => {
    const chunks = frames("anthropic.messages.stream.sse.txt").map((event) => ({
      chunk: { bytes: bytes(event) },
    }));
    const returned = (await client({ body: events(chunks), $metadata: {} }).send(
      command(claude, {}),
    )) as { body: unknown };
    expect(telemetry.spans()).toEqual([]);
    await readAll(returned.body);
    expect(said()).toMatchObject(tokens(2540, 60, 2000, 500, 25));
  });

  it("embeds", async () => {
    const answer = { body: bytes({ embedding: [1], inputTextTokenCount: 7 }), $metadata: {} };
    await client(answer).send(command("amazon.titan-embed-text-v2:0", { inputText: "Hi" }));
    expect(said()).toEqual({
      "operation.name": "embeddings",
      "provider.name": "aws.bedrock",
      "request.model": "amazon.titan-embed-text-v2:0",
      ...tokens(7),
    });
  });

  it("says which guardrail was asked for", async () => {
    const input = {
      modelId: claude,
      guardrailConfig: { guardrailIdentifier: "g1", guardrailVersion: "2" },
    };
    await client(wireJson("bedrock.converse.json") as object).send({ input });
    expect(said()).toMatchObject({ "aws.bedrock.guardrail.id": "g1" });
  });

  it("is one of many commands: the others are no calls of a model", async () => {
    await client({}).send({ input: { TableName: "orders" } });
    expect(telemetry.spans()).toEqual([]);
  });
});

describe("Cohere's second version", () => {
  const whole = {
    id: "coh-1",
    finishReason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "Paris" }] },
    usage: { billedUnits: { inputTokens: 5 }, tokens: { inputTokens: 9, outputTokens: 2 } },
  };
  const stream = [
    { type: "message-start", id: "coh-1" },
    { type: "content-delta", delta: { message: { content: { text: "Paris" } } } },
    { type: "message-end", delta: { finishReason: whole.finishReason, usage: whole.usage } },
  ];
  const client = () =>
    wrap(
      {
        chat: answering(whole),
        chatStream: streaming(stream),
        embed: answering({
          id: "e",
          embeddings: { float: [[1]] },
          meta: { billedUnits: { inputTokens: 4 } },
        }),
      },
      { kind: "llm" },
    );
  const known = {
    "operation.name": "chat",
    "provider.name": "cohere",
    "request.model": "command-a",
    "response.id": "coh-1",
    "response.finish_reasons": ["COMPLETE"],
    ...tokens(9, 2),
  };

  it("answers", async () => {
    await client().chat({ model: "command-a", messages: [] });
    expect(said()).toEqual(known);
  });

  it("streams", async () => {
    await readAll(await client().chatStream({ model: "command-a", messages: [] }));
    expect(said()).toEqual({ ...known, "request.stream": true });
  });

  it("embeds", async () => {
    await client().embed({ model: "embed-v4.0", texts: ["Hi"] });
    expect(said()).toEqual({
      "operation.name": "embeddings",
      "provider.name": "cohere",
      "request.model": "embed-v4.0",
      ...tokens(4),
    });
  });
});

describe("Mistral", () => {
  const whole = {
    id: "m-1",
    object: "chat.completion",
    model: "mistral-large-2512",
    choices: [{ index: 0, message: { role: "assistant", content: "Paris" }, finishReason: "stop" }],
    usage: { promptTokens: 9, completionTokens: 2, totalTokens: 11 },
  };
  const chunk = (delta: object, more: object = {}) => ({
    data: { id: "m-1", model: whole.model, choices: [{ index: 0, delta, ...more }] },
  });
  const last = chunk({ content: "" }, { finishReason: "stop" });
  const stream = [chunk({ content: "Paris" }), { data: { ...last.data, usage: whole.usage } }];
  const client = () =>
    wrap(
      {
        chat: { complete: answering(whole), stream: streaming(stream) },
      },
      { kind: "llm" },
    );
  const known = {
    "operation.name": "chat",
    "provider.name": "mistral_ai",
    "request.model": "mistral-large-latest",
    "response.model": "mistral-large-2512",
    "response.id": "m-1",
    "response.finish_reasons": ["stop"],
    ...tokens(9, 2),
  };

  it("answers", async () => {
    await client().chat.complete({ model: "mistral-large-latest", messages: [] });
    expect(said()).toEqual(known);
  });

  it("streams", async () => {
    await readAll(await client().chat.stream({ model: "mistral-large-latest", messages: [] }));
    expect(said()).toEqual({ ...known, "request.stream": true });
  });
});

describe("who is asked, by the model's name alone", () => {
  const count = (asked: object): number => Object.keys(asked).length;

  it.each([
    ["gpt-5.4-mini", "openai"],
    ["o3", "openai"],
    ["claude-sonnet-4-5", "anthropic"],
    ["gemini-2.5-flash", "gcp.gemini"],
    ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"],
    ["command-r-plus", "cohere"],
    ["mistral-large-latest", "mistral_ai"],
    ["codestral-2501", "mistral_ai"],
    ["my-own-model", "unknown"],
    ["gpt", "unknown"],
  ])("%s is of %s", (model, provider) => {
    traced("llm", "ask", count)({ model, messages: [] });
    expect(said()).toMatchObject({ "provider.name": provider, "request.model": model });
  });

  it("what the application says counts more", () => {
    const options = { provider: "my_gateway", model: "fast" };
    traced("llm", options, count)({ model: "gpt-5.4-mini" });
    expect(said()).toEqual({
      "operation.name": "chat",
      "provider.name": "my_gateway",
      "request.model": "fast",
    });
  });

  it("an answer of nobody's is none", () => {
    const ask = traced("llm", "ask", (answer: unknown) => answer);
    for (const answer of [
      undefined,
      null,
      "Paris",
      7,
      [],
      {},
      { usage: 3 },
      { id: "x", choices: 1 },
    ])
      expect(ask(answer)).toBe(answer);
    for (const { attributes } of telemetry.spans())
      expect(Object.keys(attributes).filter((name) => /usage|response/.test(name))).toEqual([]);
  });
});
