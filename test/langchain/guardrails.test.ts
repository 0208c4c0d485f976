import { InMemoryCache } from "@langchain/core/caches";
import type { Callbacks } from "@langchain/core/callbacks/manager";
import { ChatOpenAI } from "@langchain/openai";
import {
  type AgentMiddleware,
  createAgent,
  openAIModerationMiddleware,
  piiMiddleware,
} from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry } from "../../src/testing/index.ts";
import { network, type ProviderId, providers } from "../support/providers.ts";
import { wire } from "../support/wire.ts";

const telemetry = createTestTelemetry();
const callbacks: Callbacks = [new OpenTelemetryCallbackHandler()];

beforeAll(() => network.listen());
afterEach(() => {
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  await telemetry.shutdown();
});

/** Status, outcome and what is told of guardrails, of each span that tells anything. */
function told(): unknown[] {
  return telemetry.spans().flatMap(({ name, status, attributes }) => {
    const own = Object.entries(attributes).filter(([key]) =>
      /guardrail|run\.outcome|^error|exception/.test(key),
    );
    return own.length === 0 ? [] : [{ name, status, ...Object.fromEntries(own) }];
  });
}

/** What is counted, of guardrails and of failures. */
async function counted(): Promise<unknown> {
  const metrics = await telemetry.metrics();
  return Object.fromEntries(
    metrics
      .filter(({ name }) => /guardrail|errors/.test(name))
      .map(({ name, points }) => [
        name,
        points.map((point) => [point.attributes, "value" in point && point.value]),
      ]),
  );
}

const UNSET = { code: 0 };

const GUARDRAIL = {
  guardrailConfig: {
    guardrailIdentifier: "gr-wire01",
    guardrailVersion: "1",
    trace: "enabled",
  },
};

async function call(id: ProviderId, sample: string, options: object = {}): Promise<void> {
  network.answerWith(id, sample);
  const model = providers[id].create(options);
  if (!/stream/i.test(sample)) await model.invoke("Hi", { callbacks });
  else for await (const _ of await model.stream("Hi", { callbacks }));
}

describe("Bedrock's guardrails", () => {
  const name = "anthropic.claude-sonnet-4-5-20250929-v1:0";
  const labels = {
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.request.model": name,
    guardrail_id: "gr-wire01",
    guardrail_version: "1",
  };

  it("are on the span of every call that asks for one", async () => {
    await call("bedrock", "bedrock.converse.json", GUARDRAIL);

    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        status: UNSET,
        "aws.bedrock.guardrail.id": "gr-wire01",
        "langchain.guardrail.version": "1",
      },
    ]);
    expect(await counted()).toEqual({ "langchain.guardrail.requests": [[labels, 1]] });
  });

  it.each(["bedrock.converse.guardrail.json", "bedrock.converseStream.guardrail.events.json"])(
    "tell what they found and did: %s",
    async (sample) => {
      await call("bedrock", sample, GUARDRAIL);

      const [span] = telemetry.spans();
      expect(span?.attributes).toEqual({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": name,
        "gen_ai.response.finish_reasons": ["guardrail_intervened"],
        "gen_ai.usage.input_tokens": 0,
        "gen_ai.usage.output_tokens": 0,
        // Of the tokens that Bedrock reports, which are none.
        "langchain.cost.usd": 0,
        "langchain.run.id": expect.any(String) as unknown,
        "langchain.run.outcome": "blocked",
        "server.address": "127.0.0.1",
        "server.port": expect.any(Number) as unknown,
        "aws.bedrock.guardrail.id": "gr-wire01",
        "langchain.guardrail.version": "1",
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": [
          "topic_policy",
          "content_policy",
          "sensitive_information_policy",
        ],
      });
      expect([span?.status, span?.events]).toEqual([UNSET, []]);
      expect(await counted()).toEqual({
        "langchain.guardrail.requests": [[labels, 1]],
        "langchain.guardrail.violations": [
          [{ ...labels, action: "anonymized", category: "sensitive_information_policy" }, 1],
          [{ ...labels, action: "blocked", category: "content_policy" }, 1],
          [{ ...labels, action: "blocked", category: "topic_policy" }, 1],
        ],
      });
    },
  );

  it("are not counted when LangChain's cache gives the answer", async () => {
    const model = providers.bedrock.create({ ...GUARDRAIL, cache: new InMemoryCache() });
    await model.invoke("Hi", { callbacks });
    telemetry.reset();
    await model.invoke("Hi", { callbacks });

    expect(telemetry.spans().map(({ attributes }) => attributes["langchain.cached"])).toEqual([
      true,
    ]);
    expect(await counted()).toEqual({});
  });

  it("that the account enforces are known by the answer; what is only made unreadable went well", async () => {
    await call("bedrock", "own/bedrock.converse.guardrail.anonymized.json");

    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        status: UNSET,
        "aws.bedrock.guardrail.id": "gr-account",
        "langchain.guardrail.version": "DRAFT",
        "langchain.guardrail.action": "anonymized",
        "langchain.guardrail.categories": ["content_policy", "sensitive_information_policy"],
      },
    ]);
    const enforced = { ...labels, guardrail_id: "gr-account", guardrail_version: "DRAFT" };
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[enforced, 1]],
      "langchain.guardrail.violations": [
        [{ ...enforced, action: "anonymized", category: "sensitive_information_policy" }, 1],
        [{ ...enforced, action: "detected", category: "content_policy" }, 1],
      ],
    });
  });

  it("that tell nothing have blocked the call", async () => {
    await call("bedrock", "own/bedrock.converse.guardrail.untraced.json");

    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        status: UNSET,
        "langchain.run.outcome": "blocked",
        "langchain.guardrail.action": "blocked",
      },
    ]);
    const { guardrail_id: _, guardrail_version: __, ...unnamed } = labels;
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[unnamed, 1]],
      "langchain.guardrail.violations": [[{ ...unnamed, action: "blocked" }, 1]],
    });
  });
});

describe("a provider's filter blocks the call, which is no failure:", () => {
  const openai = { "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5.4-mini" };
  const anthropic = {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4-5",
  };
  const gemini = {
    "gen_ai.provider.name": "gcp.gemini",
    "gen_ai.request.model": "gemini-2.5-flash",
  };

  it.each<[ProviderId, string, object, string]>([
    ["openai", "own/openai.chat.content_filter.json", openai, "content_filter"],
    ["openai", "own/openai.chat.content_filter.stream.sse.txt", openai, "content_filter"],
    ["openai-responses", "own/openai.responses.content_filter.json", openai, "content_filter"],
    ["openai-responses", "own/openai.responses.refusal.json", openai, "refusal"],
    ["anthropic", "own/anthropic.refusal.json", anthropic, "cyber"],
    ["anthropic", "own/anthropic.refusal.stream.sse.txt", anthropic, "cyber"],
    ["google", "gemini.safety.json", gemini, "dangerous_content"],
    ["google", "own/gemini.safety.stream.sse.txt", gemini, "dangerous_content"],
    ["google-genai", "gemini.safety.json", gemini, "dangerous_content"],
    ["google-genai", "own/gemini.safety.stream.sse.txt", gemini, "dangerous_content"],
  ])("%s, %s", async (id, sample, attributes, category) => {
    await call(id, sample);

    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        status: UNSET,
        "langchain.run.outcome": "blocked",
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": [category],
      },
    ]);
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[attributes, 1]],
      "langchain.guardrail.violations": [[{ ...attributes, action: "blocked", category }, 1]],
    });
  });

  it.each<[ProviderId, object, string[], () => void]>([
    [
      "azure",
      { "gen_ai.provider.name": "azure.ai.openai", "gen_ai.request.model": "gpt-41-prod" },
      ["jailbreak", "violence"],
      () => network.failWith("azure", 400, "azure.error.400.content_filter.json"),
    ],
    [
      "google",
      gemini,
      ["prohibited_content"],
      () => network.answerWith("google", "gemini.blocked.json"),
    ],
    [
      "google-genai",
      gemini,
      ["prohibited_content"],
      () => network.answerWith("google-genai", "gemini.blocked.json"),
    ],
  ])("%s, by an error that the application gets", async (id, attributes, categories, plan) => {
    plan();
    await expect(providers[id].create().invoke("Hi", { callbacks })).rejects.toThrow();

    expect(telemetry.spans().map(({ events }) => events)).toEqual([[]]);
    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        status: UNSET,
        "langchain.run.outcome": "blocked",
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": categories,
      },
    ]);
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[attributes, 1]],
      "langchain.guardrail.violations": categories.map((category) => [
        { ...attributes, action: "blocked", category },
        1,
      ]),
    });
  });

  it("once, whatever the error passes on its way out", async () => {
    network.failWith("openai", 400, "azure.error.400.content_filter.json");
    const agent = createAgent({ model: providers.openai.create(), tools: [], name: "asker" });
    const failing = agent.invoke({ messages: [{ role: "user", content: "Hi" }] }, { callbacks });
    await expect(failing).rejects.toThrow("content management policy");

    const blocked = { status: UNSET, "langchain.run.outcome": "blocked" };
    expect(told()).toEqual([
      {
        name: "gen_ai.chat",
        ...blocked,
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": ["jailbreak", "violence"],
      },
      { name: "node model_request", ...blocked },
      { name: "invoke_agent asker", ...blocked },
    ]);
    const attributes = {
      "gen_ai.agent.name": "asker",
      ...openai,
    };
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[attributes, 1]],
      "langchain.guardrail.violations": [
        [{ ...attributes, action: "blocked", category: "jailbreak" }, 1],
        [{ ...attributes, action: "blocked", category: "violence" }, 1],
      ],
    });
  });

  it.each([
    [
      "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
      "blocked",
    ],
    ["Invalid prompt: it has no messages.", "error"],
  ])("by OpenAI's invalid_prompt, if its message says so: %s", async (message, outcome) => {
    const error = { message, type: "invalid_request_error", code: "invalid_prompt", param: null };
    const model = new ChatOpenAI({
      model: "gpt-5-mini",
      apiKey: "none",
      maxRetries: 0,
      configuration: { fetch: () => Promise.resolve(Response.json({ error }, { status: 400 })) },
    });
    await expect(model.invoke("Hi", { callbacks })).rejects.toThrow("Invalid prompt");

    expect(
      telemetry
        .spans()
        .map(({ attributes: all }) => [
          all["langchain.run.outcome"],
          all["langchain.guardrail.categories"],
        ]),
    ).toEqual([[outcome, outcome === "blocked" ? ["usage_policy"] : undefined]]);
  });

  it("not when the application says that something else has failed, because of it", async () => {
    network.failWith("azure", 400, "azure.error.400.content_filter.json");
    const model = providers.azure.create();
    const agent = createAgent({
      model: providers.openai.create(),
      tools: [],
      middleware: [
        {
          name: "Translating",
          wrapModelCall: async () => {
            try {
              return await model.invoke("Hi", { callbacks });
            } catch (cause) {
              throw new RangeError("The answer was of no use", { cause });
            }
          },
        },
      ],
    });
    const failing = agent.invoke({ messages: [{ role: "user", content: "Hi" }] }, { callbacks });
    await expect(failing).rejects.toThrow("The answer was of no use");

    const outcomes = telemetry
      .spans()
      .map(({ name, attributes }) => [name, attributes["langchain.run.outcome"]]);
    expect(outcomes).toEqual([
      ["gen_ai.chat", "blocked"],
      ["node model_request", "error"],
      ["invoke_agent", "error"],
    ]);
  });

  it("not again when LangChain's cache gives the answer", async () => {
    const model = new ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: "none",
      cache: new InMemoryCache(),
      configuration: { fetch: answering("own/openai.chat.content_filter.json") },
    });
    await model.invoke("Hi", { callbacks });
    telemetry.reset();
    await model.invoke("Hi", { callbacks });

    expect(told()).toEqual([]);
    expect(await counted()).toEqual({});
  });
});

describe("LangChain's own middleware", () => {
  const user = { messages: [{ role: "user", content: "Write to me@example.com" }] };

  it("that finds personal data blocks its node, and the agent", async () => {
    const agent = createAgent({
      model: providers.openai.create(),
      tools: [],
      name: "asker",
      middleware: [pii("email", { strategy: "block" })],
    });
    await expect(agent.invoke(user, { callbacks })).rejects.toThrow("PII detected");

    expect(told()).toEqual([
      {
        name: "node PIIMiddleware[email].before_model",
        status: UNSET,
        "langchain.run.outcome": "blocked",
        "langchain.guardrail.id": "PIIMiddleware",
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": ["email"],
      },
      { name: "invoke_agent asker", status: UNSET, "langchain.run.outcome": "blocked" },
    ]);
    const attributes = { "gen_ai.agent.name": "asker", guardrail_id: "PIIMiddleware" };
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[attributes, 1]],
      "langchain.guardrail.violations": [
        [{ ...attributes, action: "blocked", category: "email" }, 1],
      ],
    });
  });

  it.each(["redact", "mask", "hash"] as const)(
    "that makes personal data unreadable (%s) has anonymized them, once and no more",
    async (strategy) => {
      const agent = createAgent({
        model: providers.openai.create(),
        tools: [],
        middleware: [pii("email", { strategy }), pii("ip", { strategy })],
      });
      await agent.invoke(user, { callbacks });

      expect(told()).toEqual([
        {
          name: "node PIIMiddleware[email].before_model",
          status: UNSET,
          "langchain.guardrail.id": "PIIMiddleware",
          "langchain.guardrail.action": "anonymized",
          "langchain.guardrail.categories": ["email"],
        },
      ]);
      const attributes = { guardrail_id: "PIIMiddleware" };
      expect(await counted()).toEqual({
        "langchain.guardrail.requests": [[attributes, 1]],
        "langchain.guardrail.violations": [
          [{ ...attributes, action: "anonymized", category: "email" }, 1],
        ],
      });
    },
  );

  it("that looks for what nobody else knows has its own word on the span, and none on metrics", async () => {
    const agent = createAgent({
      model: providers.openai.create(),
      tools: [],
      middleware: [pii("employee", { strategy: "block", detector: /me@\S+/g })],
    });
    await expect(agent.invoke(user, { callbacks })).rejects.toThrow("PII detected");

    expect(told()[0]).toEqual(
      expect.objectContaining({ "langchain.guardrail.categories": ["employee"] }),
    );
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[{ guardrail_id: "PIIMiddleware" }, 1]],
      "langchain.guardrail.violations": [
        [{ guardrail_id: "PIIMiddleware", action: "blocked", category: "_OTHER" }, 1],
      ],
    });
  });

  it.each([
    ["error", ["harassment", "self_harm"], "blocked"],
    ["end", ["moderation"], undefined],
    ["replace", ["moderation"], undefined],
  ] as const)("that moderates (%s) blocks", async (exitBehavior, categories, outcome) => {
    const moderator = new ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: "none",
      configuration: {
        fetch: async () =>
          Response.json({
            results: [
              {
                flagged: true,
                categories: {
                  "harassment/threatening": true,
                  harassment: true,
                  "self-harm": true,
                  sexual: false,
                },
                category_scores: {},
              },
            ],
          }),
      },
    });
    const agent = createAgent({
      model: providers.openai.create(),
      tools: [],
      middleware: [
        openAIModerationMiddleware({ model: moderator, exitBehavior, checkOutput: false }),
      ],
    });
    const run = agent.invoke(user, { callbacks });
    if (exitBehavior === "error") await expect(run).rejects.toThrow("flagged");
    else await run;

    expect(told()).toEqual([
      {
        name: "node OpenAIModerationMiddleware.before_model",
        status: UNSET,
        "langchain.run.outcome": "blocked",
        "langchain.guardrail.id": "OpenAIModerationMiddleware",
        "langchain.guardrail.action": "blocked",
        "langchain.guardrail.categories": categories,
      },
      ...(outcome === undefined
        ? []
        : [{ name: "invoke_agent", status: UNSET, "langchain.run.outcome": outcome }]),
    ]);
    const attributes = { guardrail_id: "OpenAIModerationMiddleware" };
    expect(await counted()).toEqual({
      "langchain.guardrail.requests": [[attributes, 1]],
      "langchain.guardrail.violations": categories.map((category) => [
        { ...attributes, action: "blocked", category },
        1,
      ]),
    });
  });
});

function answering(sample: string): typeof fetch {
  return async () =>
    new Response(wire(sample), { headers: { "content-type": "application/json" } });
}

/** Its declared type asks for optional properties that may be undefined, which ours here may not. */
function pii(...args: Parameters<typeof piiMiddleware>): AgentMiddleware {
  return piiMiddleware(...args);
}
