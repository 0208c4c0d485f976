import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import { context } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { ContentPolicy } from "../../../src/content/content-policy.ts";
import type { UploadedContent } from "../../../src/content/upload.ts";
import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import {
  type HandlerOptions,
  OpenTelemetryCallbackHandler,
} from "../../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";
import type { ProviderId } from "../../support/answers.ts";
import { createTextModel, network, providers } from "../../support/providers.ts";

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

const conversation: BaseMessage[] = [
  new SystemMessage("Be brief"),
  new HumanMessage("Where?"),
  new AIMessage({
    content: "Let me see",
    tool_calls: [{ id: "call_1", name: "look", args: { at: 1 } }],
  }),
  new ToolMessage({ tool_call_id: "call_1", content: "Paris" }),
  new HumanMessage("So?"),
];
const system = { role: "system", parts: [{ type: "text", content: "Be brief" }] };
const rest = [
  { role: "user", parts: [{ type: "text", content: "Where?" }] },
  {
    role: "assistant",
    parts: [
      { type: "text", content: "Let me see" },
      { type: "tool_call", id: "call_1", name: "look", arguments: { at: 1 } },
    ],
  },
  { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: "Paris" }] },
  { role: "user", parts: [{ type: "text", content: "So?" }] },
];
const text = { type: "text", content: "The capital of France is Paris." };
const thought = { type: "reasoning", content: "France: capital is Paris." };

const CONTENT =
  /^gen_ai\.(?:system_instructions|input\.messages|output\.messages|tool\.(?:definitions|call\.(?:arguments|result)))(?:_ref)?$/;

/** The content of each span, read as what it is. */
function contents(): Record<string, unknown>[] {
  return telemetry.spans().map(({ attributes }) =>
    Object.fromEntries(
      Object.entries(attributes)
        .filter(([name]) => CONTENT.test(name))
        .map(([name, value]) => [name, name.endsWith("_ref") ? value : JSON.parse(String(value))]),
    ),
  );
}

function handler(options: HandlerOptions): OpenTelemetryCallbackHandler {
  return new OpenTelemetryCallbackHandler(options);
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

const apart: ReadonlySet<ProviderId> = new Set([
  "anthropic",
  "google",
  "google-vertex",
  "google-genai",
  "bedrock",
]);

describe.each(Object.keys(providers) as ProviderId[])("a call of %s, with its content", (id) => {
  const parts = id === "deepseek" ? [thought, text] : [text];
  const expected = {
    ...(apart.has(id)
      ? { "gen_ai.system_instructions": system.parts, "gen_ai.input.messages": rest }
      : { "gen_ai.input.messages": [system, ...rest] }),
    "gen_ai.output.messages": [{ role: "assistant", parts, finish_reason: "stop" }],
  };

  it("says what was said", async () => {
    const callbacks = [handler({ captureContent: "span" })];
    await providers[id].create().invoke(conversation, { callbacks });
    expect(contents()).toEqual([expected]);
  });

  it("says what was said by a stream, as one message", async () => {
    const callbacks = [handler({ captureContent: "span" })];
    await drain(await providers[id].create().stream(conversation, { callbacks }));
    expect(contents()).toEqual([expected]);
  });

  it("says nothing unless it is asked to", async () => {
    await providers[id].create().invoke(conversation, { callbacks: [handler({})] });
    expect(contents()).toEqual([{}]);
    expect(JSON.stringify(telemetry.spans().map(({ attributes }) => attributes))).not.toContain(
      "Paris",
    );
    expect(telemetry.logs()).toEqual([]);
  });
});

describe("content", () => {
  const model = () => providers.openai.create();
  const input = { "gen_ai.input.messages": [rest[3]] };
  const output = {
    "gen_ai.output.messages": [{ role: "assistant", parts: [text], finish_reason: "stop" }],
  };

  it("goes into an event, structured, with the attributes of the span", async () => {
    await model().invoke("So?", { callbacks: [handler({ captureContent: "event" })] });
    const [span] = telemetry.spans();
    const [event, ...others] = telemetry.logs();
    expect(others).toEqual([]);
    expect(contents()).toEqual([{}]);
    expect(event?.eventName).toBe("gen_ai.client.inference.operation.details");
    expect(event?.severityNumber).toBe(5);
    expect(event?.spanContext).toEqual(span?.spanContext());
    expect(event?.attributes).toEqual({ ...span?.attributes, ...input, ...output });
  });

  it("goes both ways", async () => {
    await model().invoke("So?", { callbacks: [handler({ captureContent: "both" })] });
    expect(contents()).toEqual([{ ...input, ...output }]);
    expect(telemetry.logs()).toHaveLength(1);
    expect(telemetry.logs()[0]?.attributes).toMatchObject({ ...input, ...output });
  });

  it("is decided by one call for itself", async () => {
    const callbacks = [handler({})];
    await model().invoke("So?", { callbacks, metadata: { langchain_otel_capture: "span" } });
    await model().invoke("So?", { callbacks });
    expect(contents()).toEqual([{ ...input, ...output }, {}]);
  });

  it("is decided by a function that knows the tenant", async () => {
    const captureContent = vi.fn(({ metadata }: { metadata: Readonly<Record<string, unknown>> }) =>
      metadata["tenant"] === "acme" ? ("span" as const) : ("none" as const),
    );
    const callbacks = [handler({ captureContent })];
    await model().invoke("So?", { callbacks, metadata: { tenant: "acme" }, tags: ["a"] });
    await model().invoke("So?", { callbacks, metadata: { tenant: "other" } });
    expect(contents()).toEqual([{ ...input, ...output }, {}]);
    expect(captureContent.mock.calls[0]?.[0]).toMatchObject({
      kind: "model",
      provider: "openai",
      model: "gpt-5.4-mini",
      metadata: { tenant: "acme" },
      tags: ["a"],
    });
  });

  it("of a text model is one message of the user's", async () => {
    await createTextModel().invoke("So?", { callbacks: [handler({ captureContent: "span" })] });
    expect(contents()).toEqual([
      {
        ...input,
        "gen_ai.output.messages": [
          {
            role: "assistant",
            parts: [{ type: "text", content: expect.any(String) }],
            finish_reason: "stop",
          },
        ],
      },
    ]);
  });

  it("has the tools that the model was offered, and the one that it asks for", async () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const bound = providers.openai
      .create()
      .bindTools?.([{ name: "get_weather", description: "The weather", schema }]);
    await bound?.invoke("So?", { callbacks: [handler({ captureContent: "span" })] });
    expect(contents()[0]?.["gen_ai.tool.definitions"]).toEqual([
      { type: "function", name: "get_weather", description: "The weather", parameters: schema },
    ]);
  });

  it("of a call that failed has no answer", async () => {
    network.failWith("openai", 500, "openai.error.500.json");
    const call = model().invoke("So?", { callbacks: [handler({ captureContent: "span" })] });
    await expect(call).rejects.toThrow();
    expect(contents()).toEqual([input]);
  });

  it("of a stream that was left has what had come", async () => {
    const callbacks = [handler({ captureContent: "span" })];
    const instrumentation = new LangChainInstrumentation();
    await instrumentation.ready;
    try {
      for await (const chunk of await model().stream("So?", { callbacks })) {
        if (chunk.content !== "") break;
      }
    } finally {
      instrumentation.disable();
    }
    const [said = {}] = contents();
    const [answer] = said["gen_ai.output.messages"] as [{ parts: { content: string }[] }];
    expect(answer).toEqual({
      role: "assistant",
      parts: [{ type: "text", content: expect.any(String) }],
      finish_reason: "error",
    });
    const [part] = answer.parts;
    expect(text.content.startsWith(part?.content ?? "-")).toBe(true);
    expect(part?.content).not.toBe(text.content);
  });

  it("of a stream of events is put together", async () => {
    const instrumentation = new LangChainInstrumentation({ captureContent: "span" });
    await instrumentation.ready;
    try {
      await drain(model().streamEvents("So?"));
    } finally {
      instrumentation.disable();
    }
    expect(contents()).toEqual([{ ...input, ...output }]);
  });

  it("is not read where the span is not recorded", async () => {
    const written = vi.spyOn(ContentPolicy.prototype, "written");
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      traceFlags: TraceFlags.NONE,
    });
    const callbacks = [handler({ captureContent: "span" })];
    await context.with(unsampled, () => model().invoke("So?", { callbacks }));
    expect(written).not.toHaveBeenCalled();
    expect(telemetry.spans()).toEqual([]);
  });

  it("of an event does not depend on the sampling of spans", async () => {
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      traceFlags: TraceFlags.NONE,
    });
    const callbacks = [handler({ captureContent: "event" })];
    await context.with(unsampled, () => model().invoke("So?", { callbacks }));
    expect(telemetry.logs().map(({ attributes }) => attributes)).toMatchObject([
      { ...input, ...output },
    ]);
  });

  it("that is too long is cut, visibly", async () => {
    const callbacks = [handler({ captureContent: "span", maxContentLength: 300 })];
    await model().invoke("x".repeat(100_000), { callbacks });
    const [said] = telemetry.spans();
    const written = String(said?.attributes["gen_ai.input.messages"]);
    expect(written.length).toBeLessThanOrEqual(300);
    expect(JSON.parse(written)).toEqual([
      {
        role: "user",
        parts: [
          {
            type: "text",
            content: expect.stringMatching(/^x+… \[truncated, 100000 characters\]$/),
          },
        ],
      },
    ]);
  });

  it("that is too long is uploaded, and the span says where it is", async () => {
    const upload = vi.fn(({ name }: UploadedContent) => `s3://bucket/${name}`);
    const callbacks = [handler({ captureContent: "both", maxContentLength: 300, upload })];
    const long = "x".repeat(100_000);
    await model().invoke(long, { callbacks });
    const [span] = telemetry.spans();
    const { traceId, spanId } = span?.spanContext() ?? { traceId: "", spanId: "" };
    const name = `${traceId}/${spanId}/gen_ai.input.messages.json`;
    expect(upload.mock.calls).toEqual([
      [
        {
          name,
          traceId,
          spanId,
          attribute: "gen_ai.input.messages",
          content: JSON.stringify([{ role: "user", parts: [{ type: "text", content: long }] }]),
          contentType: "application/json",
        },
      ],
    ]);
    const expected = { "gen_ai.input.messages_ref": `s3://bucket/${name}`, ...output };
    expect(contents()).toEqual([expected]);
    expect(telemetry.logs()[0]?.attributes).toMatchObject(expected);
  });

  it("is uploaded under names of its own where there is no trace", async () => {
    const names: string[] = [];
    const upload = ({ name }: UploadedContent): void => void names.push(name);
    const options = {
      captureContent: "event",
      maxContentLength: 300,
      upload,
      tracing: false,
    } as const;
    const callbacks = [handler(options)];
    await model().invoke("x".repeat(1000), { callbacks });
    await model().invoke("x".repeat(1000), { callbacks });
    const name = expect.stringMatching(
      /^[0-9a-f]{32}\/[0-9a-f]{16}\/gen_ai\.input\.messages\.json$/,
    );
    expect(names).toEqual([name, name]);
    expect(new Set(names).size).toBe(2);
  });

  it("is redacted before it is written, and what was taken out is counted", async () => {
    const key = ["sk", "proj", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4"].join("-");
    const callbacks = [handler({ captureContent: "both" })];
    await model().invoke(`I am ada@example.com, my key is ${key}`, { callbacks });
    const redacted = [
      {
        role: "user",
        parts: [{ type: "text", content: "I am [redacted:email], my key is [redacted:key]" }],
      },
    ];
    expect(contents()[0]?.["gen_ai.input.messages"]).toEqual(redacted);
    expect(telemetry.logs()[0]?.attributes?.["gen_ai.input.messages"]).toEqual(redacted);
    const metrics = await telemetry.metrics();
    const applied = metrics.find(({ name }) => name === "langchain.redaction.applied");
    expect(applied?.points.map(({ attributes }) => attributes["detector"])).toEqual([
      "email",
      "key",
    ]);
    expect(metrics.some(({ name }) => name === "langchain.redaction.failures")).toBe(false);
  });

  it("is dropped where it could not be checked, which is counted", async () => {
    const redact = [
      () => {
        throw new Error("no");
      },
    ];
    const callbacks = [handler({ captureContent: "span", redact })];
    await model().invoke("my secret", { callbacks });
    expect(JSON.stringify(contents())).not.toContain("my secret");
    const metrics = await telemetry.metrics();
    expect(metrics.some(({ name }) => name === "langchain.redaction.failures")).toBe(true);
  });
});
