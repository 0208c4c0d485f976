import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import {
  createTestTelemetry,
  spanSnapshotSerializer,
  type TestHistogramPoint,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import type { ProviderId } from "../support/answers.ts";
import { network, providers } from "../support/providers.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

/**
 * Every sample of test/wire is the same call: 40 fresh + 2000 read from the cache + 500 written to it = 2540 in, 60 out,
 * of which 25 reasoning. What a provider's wire cannot say is left out here.
 */
interface Expected {
  readonly name: string;
  readonly requestModel: string;
  readonly server?: [string, number];
  /** Seen only by the instrumentation, which has the model itself at hand. */
  readonly serverOfInstance?: [string, number];
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
  readonly more?: Record<string, unknown>;
  readonly invoke: Answer;
  readonly stream: Answer;
}

interface Answer {
  readonly model?: string;
  readonly id?: string;
  readonly finish: string;
  readonly reasoning?: number | undefined;
  readonly more?: Record<string, unknown>;
}

const chatCompletions = { "openai.api.type": "chat_completions" };
const fingerprint = { "openai.response.system_fingerprint": "fp_wire0001" };
const defaultTier = { "openai.response.service_tier": "default" };

const expected: Readonly<Record<ProviderId, Expected>> = {
  openai: {
    name: "openai",
    requestModel: "gpt-5.4-mini",
    server: ["api.openai.com", 443],
    cacheRead: 2000,
    cacheWrite: 500,
    reasoning: 25,
    more: { ...chatCompletions, ...fingerprint },
    invoke: { model: "gpt-5.4-mini-2026-03-17", id: "chatcmpl-Wire0001", finish: "stop" },
    stream: {
      model: "gpt-5.4-mini-2026-03-17",
      id: "chatcmpl-WireS1",
      finish: "stop",
      more: defaultTier,
    },
  },
  "openai-responses": {
    name: "openai",
    requestModel: "gpt-5.4-mini",
    server: ["api.openai.com", 443],
    cacheRead: 2000,
    cacheWrite: 500,
    reasoning: 25,
    more: { "openai.api.type": "responses", ...defaultTier },
    invoke: { model: "gpt-5.4-mini-2026-03-17", id: "resp_wire0001", finish: "completed" },
    stream: { model: "gpt-5.4-mini-2026-03-17", id: "resp_wire0001", finish: "completed" },
  },
  azure: {
    name: "azure.ai.openai",
    // The deployment, and not the "gpt-3.5-turbo" that LangChain names.
    requestModel: "gpt-41-prod",
    server: ["wire.openai.azure.com", 443],
    cacheRead: 2000,
    cacheWrite: 500,
    reasoning: 25,
    more: { ...chatCompletions, ...fingerprint },
    invoke: { model: "gpt-4.1-2025-04-14", id: "chatcmpl-WireAz1", finish: "stop" },
    stream: {
      model: "gpt-5.4-mini-2026-03-17",
      id: "chatcmpl-WireS1",
      finish: "stop",
      more: defaultTier,
    },
  },
  anthropic: {
    name: "anthropic",
    requestModel: "claude-sonnet-4-5",
    server: ["api.anthropic.com", 443],
    cacheRead: 2000,
    cacheWrite: 500,
    more: { "gen_ai.request.max_tokens": 16384 },
    invoke: {
      model: "claude-sonnet-4-5-20250929",
      id: "msg_01Wire0001",
      finish: "end_turn",
      reasoning: 25,
    },
    // LangChain drops the thinking tokens of a stream.
    stream: { model: "claude-sonnet-4-5-20250929", id: "msg_01WireS1", finish: "end_turn" },
  },
  google: {
    name: "gcp.gemini",
    requestModel: "gemini-2.5-flash",
    serverOfInstance: ["generativelanguage.googleapis.com", 443],
    cacheRead: 2000,
    reasoning: 25,
    invoke: { model: "gemini-2.5-flash", id: "wireGem0001", finish: "STOP" },
    stream: { finish: "STOP" },
  },
  "google-vertex": {
    name: "gcp.vertex_ai",
    requestModel: "gemini-2.5-flash",
    serverOfInstance: ["europe-west4-aiplatform.googleapis.com", 443],
    cacheRead: 2000,
    reasoning: 25,
    invoke: { model: "gemini-2.5-flash", id: "wireGem0001", finish: "STOP" },
    stream: { finish: "STOP" },
  },
  "google-genai": {
    name: "gcp.gemini",
    requestModel: "gemini-2.5-flash",
    server: ["generativelanguage.googleapis.com", 443],
    cacheRead: 2000,
    reasoning: 25,
    invoke: { finish: "STOP" },
    stream: { finish: "STOP" },
  },
  bedrock: {
    name: "aws.bedrock",
    requestModel: "anthropic.claude-sonnet-4-5-20250929-v1:0",
    server: ["127.0.0.1", 0],
    cacheRead: 2000,
    cacheWrite: 500,
    invoke: { finish: "end_turn" },
    stream: { finish: "end_turn" },
  },
  cohere: {
    name: "cohere",
    requestModel: "command-a-03-2025",
    server: ["api.cohere.com", 443],
    cacheRead: 2000,
    more: { "gen_ai.request.temperature": 0.3 },
    invoke: { id: "wire-coh-resp-1", finish: "COMPLETE" },
    stream: { id: "wire-coh-resp-2", finish: "COMPLETE" },
  },
  mistral: {
    name: "mistral_ai",
    requestModel: "mistral-medium-latest",
    server: ["api.mistral.ai", 443],
    more: { "gen_ai.request.temperature": 0.7, "gen_ai.request.top_p": 1 },
    invoke: { model: "mistral-medium-3.5", finish: "stop" },
    stream: { model: "mistral-medium-3.5", finish: "stop" },
  },
  groq: {
    name: "groq",
    requestModel: "openai/gpt-oss-120b",
    server: ["api.groq.com", 443],
    cacheRead: 2000,
    reasoning: 25,
    more: { "gen_ai.request.temperature": 0.7 },
    invoke: { model: "openai/gpt-oss-120b", id: "chatcmpl-WireGroq1", finish: "stop" },
    stream: { model: "openai/gpt-oss-120b", id: "chatcmpl-WireGroqS1", finish: "stop" },
  },
  ollama: {
    name: "ollama",
    requestModel: "qwen3:8b",
    serverOfInstance: ["127.0.0.1", 11434],
    // LangChain streams from Ollama in both cases.
    invoke: { model: "qwen3:8b", finish: "stop", more: { "gen_ai.request.stream": true } },
    stream: { model: "qwen3:8b", finish: "stop" },
  },
  xai: {
    name: "x_ai",
    requestModel: "grok-4",
    server: ["api.x.ai", 443],
    cacheRead: 2000,
    reasoning: 25,
    invoke: { model: "grok-4-0709", id: "wire-xai-1", finish: "stop" },
    stream: { model: "grok-4-0709", id: "wire-xai-s1", finish: "stop" },
  },
  deepseek: {
    name: "deepseek",
    requestModel: "deepseek-reasoner",
    server: ["api.deepseek.com", 443],
    cacheRead: 2000,
    reasoning: 25,
    invoke: { model: "deepseek-reasoner", id: "wire-ds-1", finish: "stop" },
    stream: { model: "deepseek-reasoner", id: "wire-ds-s1", finish: "stop" },
  },
};

/**
 * In USD per million tokens, as the providers publish it: input, read from the cache, written to it (for five minutes and
 * for an hour), output. Nobody sells Ollama's.
 */
type Price = readonly [input: number, read: number, write: number, write1h: number, output: number];

const GPT_5_4_MINI: Price = [0.75, 0.075, 0.75, 0.75, 4.5];
const GPT_4_1: Price = [2, 0.5, 2, 2, 8];
const SONNET: Price = [3, 0.3, 3.75, 6, 15];
/** In the regions of Europe and America a tenth more. */
const SONNET_ON_BEDROCK: Price = [3.3, 0.33, 4.125, 6.6, 16.5];
const GEMINI: Price = [0.3, 0.03, 0.3, 0.3, 2.5];

const prices: Readonly<Partial<Record<ProviderId, Price>>> = {
  openai: GPT_5_4_MINI,
  "openai-responses": GPT_5_4_MINI,
  azure: GPT_4_1,
  anthropic: SONNET,
  google: GEMINI,
  "google-vertex": GEMINI,
  "google-genai": GEMINI,
  bedrock: SONNET_ON_BEDROCK,
  // Without a price of its own, what was read from the cache is input.
  cohere: [2.5, 2.5, 2.5, 2.5, 10],
  mistral: [1.5, 1.5, 1.5, 1.5, 7.5],
  groq: [0.15, 0.075, 0.15, 0.15, 0.6],
  xai: [3, 0.75, 3, 3, 15],
  deepseek: [0.55, 0.14, 0.55, 0.55, 2.19],
};

function costOf(id: ProviderId, mode: "invoke" | "stream"): Record<string, unknown> {
  const price = id === "azure" && mode === "stream" ? GPT_5_4_MINI : prices[id];
  if (price === undefined) return { "langchain.pricing_missing": true };
  const [input, read, write, write1h, output] = price;
  const { cacheRead = 0, cacheWrite = 0 } = expected[id];
  // Of Anthropic's writes, 200 are for an hour.
  const hour = HOURLY.has(`${id} ${mode}`) ? 200 : 0;
  const usd =
    (2540 - cacheRead - cacheWrite) * input +
    cacheRead * read +
    (cacheWrite - hour) * write +
    hour * write1h +
    60 * output;
  return { "langchain.cost.usd": expect.closeTo(usd / 1e6, 9) };
}

/** Where LangChain passes on for how long something was written. */
const HOURLY: ReadonlySet<string> = new Set([
  "anthropic invoke",
  "anthropic stream",
  "bedrock invoke",
  "bedrock stream",
]);

function attributesOf(
  id: ProviderId,
  mode: "invoke" | "stream",
  seesInstance: boolean,
): Record<string, unknown> {
  const provider = expected[id];
  const answer = provider[mode];
  const server = provider.server ?? (seesInstance ? provider.serverOfInstance : undefined);
  const reasoning = answer.reasoning ?? provider.reasoning;
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider.name,
    "gen_ai.request.model": provider.requestModel,
    ...(server === undefined
      ? {}
      : { "server.address": server[0], "server.port": server[1] || expect.any(Number) }),
    ...(answer.model === undefined ? {} : { "gen_ai.response.model": answer.model }),
    ...(answer.id === undefined ? {} : { "gen_ai.response.id": answer.id }),
    "gen_ai.response.finish_reasons": [answer.finish],
    "gen_ai.usage.input_tokens": 2540,
    "gen_ai.usage.output_tokens": 60,
    ...(provider.cacheRead === undefined
      ? {}
      : { "gen_ai.usage.cache_read.input_tokens": provider.cacheRead }),
    ...(provider.cacheWrite === undefined
      ? {}
      : { "gen_ai.usage.cache_creation.input_tokens": provider.cacheWrite }),
    ...(reasoning === undefined ? {} : { "gen_ai.usage.reasoning.output_tokens": reasoning }),
    ...(mode === "stream" ? { "gen_ai.request.stream": true } : {}),
    ...(mode === "stream" || answer.more?.["gen_ai.request.stream"] === true
      ? { "gen_ai.response.time_to_first_chunk": expect.any(Number) }
      : {}),
    "langchain.run.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...costOf(id, mode),
    ...provider.more,
    ...answer.more,
  };
}

async function call(
  id: ProviderId,
  mode: "invoke" | "stream",
  callbacks: OpenTelemetryCallbackHandler[],
): Promise<void> {
  const model = providers[id].create();
  if (mode === "invoke") await model.invoke("What is the capital of France?", { callbacks });
  else for await (const _ of await model.stream("What is the capital of France?", { callbacks }));
}

const ids = Object.keys(expected) as ProviderId[];

describe.each(["handler", "instrumentation"] as const)("attached as %s", (attached) => {
  let telemetry: TestTelemetry;
  let instrumentation: LangChainInstrumentation | undefined;
  let callbacks: OpenTelemetryCallbackHandler[] = [];

  beforeAll(async () => {
    telemetry = createTestTelemetry();
    await network.listen();
    if (attached === "handler") callbacks = [new OpenTelemetryCallbackHandler()];
    else await (instrumentation = new LangChainInstrumentation()).ready;
  });
  afterEach(() => {
    network.reset();
    telemetry.reset();
  });
  afterAll(async () => {
    instrumentation?.disable();
    await network.close();
    telemetry.shutdown();
  });

  describe.each(ids)("%s", (id) => {
    it.each(["invoke", "stream"] as const)(
      "%s: the span has exactly what the wire said",
      async (mode) => {
        await call(id, mode, callbacks);
        const spans = telemetry.tree();
        expect(spans).toHaveLength(1);
        expect(spans[0]).toMatchObject({
          name: "gen_ai.chat",
          kind: "CLIENT",
          status: "UNSET",
          events: [],
          children: [],
        });
        expect(spans[0]?.attributes).toEqual(
          attributesOf(id, mode, attached === "instrumentation"),
        );
        expect(spans).toMatchSnapshot();
      },
    );

    it.each(["invoke", "stream"] as const)(
      "%s: the metrics have the same numbers",
      async (mode) => {
        await call(id, mode, callbacks);
        const points = await tokenPoints(telemetry);
        const { cacheRead, cacheWrite } = expected[id];
        expect(points).toEqual({
          input: 2540,
          output: 60,
          ...(cacheRead === undefined ? {} : { cache_read: cacheRead }),
          ...(cacheWrite === undefined ? {} : { cache_creation: cacheWrite }),
        });
      },
    );
  });
});

async function tokenPoints(telemetry: TestTelemetry): Promise<Record<string, number>> {
  const metric = (await telemetry.metrics()).find(
    ({ name }) => name === "gen_ai.client.token.usage",
  );
  const points = (metric?.points ?? []) as readonly TestHistogramPoint[];
  for (const point of points) expect(point.count).toBe(1);
  return Object.fromEntries(
    points.map(({ attributes, sum }) => [String(attributes["gen_ai.token.type"]), sum]),
  );
}
