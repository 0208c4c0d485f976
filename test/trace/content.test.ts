import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { traced, wrap } from "../../src/trace/index.ts";
import { sse, wireJson } from "../support/wire.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;
beforeEach(async () => {
  telemetry = createTestTelemetry();
  instrumentation = new LangChainInstrumentation({
    captureContent: "span",
    dialects: ["openinference"],
  });
  await instrumentation.ready;
});
afterEach(() => {
  instrumentation.disable();
  telemetry.shutdown();
});

/** What the one span says was said, as data where it is JSON. */
function content(): Record<string, unknown> {
  const [span] = telemetry.spans();
  const names =
    /^gen_ai\.(?:input|output|system|tool\.(?:call|definitions)|retrieval)|^(?:input|output)\.value$/;
  return Object.fromEntries(
    Object.entries(span?.attributes ?? {})
      .filter(([name]) => names.test(name))
      .map(([name, value]) => [
        name,
        /^[[{]/.test(String(value)) ? JSON.parse(String(value)) : value,
      ]),
  );
}

const text = (role: string, said: string, more: object = {}) => ({
  role,
  parts: [{ type: "text", content: said }],
  ...more,
});
const paris = text("assistant", "The capital of France is Paris.", { finish_reason: "stop" });
const question = "What is the capital of France?";

describe("what a traced call says, where content is captured", () => {
  it("is the arguments and the result of a tool", async () => {
    await traced(
      "tool",
      "add",
      async (numbers: { a: number; b: number }) => numbers.a + numbers.b,
    )({
      a: 1,
      b: 2,
    });
    expect(content()).toMatchObject({
      "gen_ai.tool.call.arguments": { a: 1, b: 2 },
      "gen_ai.tool.call.result": { output: 3 },
    });
  });

  it("is several arguments as a list", () => {
    traced("tool", "add", (a: number, b: number) => a + b)(1, 2);
    expect(content()).toMatchObject({ "gen_ai.tool.call.arguments": { input: [1, 2] } });
  });

  it("is the question and the answer of an agent", async () => {
    await traced("agent", "support", async (asked: string) => `You asked: ${asked}`)("Why?");
    expect(content()).toMatchObject({
      "gen_ai.input.messages": [text("user", "Why?")],
      "gen_ai.output.messages": [text("assistant", "You asked: Why?", { finish_reason: "stop" })],
    });
  });

  it("is the query and the documents of a retrieval, which are counted", async () => {
    const documents = [{ id: "d1", pageContent: "Paris", metadata: { score: 0.5 } }];
    await traced("retrieval", "docs", async (query: string) =>
      documents.filter(() => query !== ""),
    )("France");
    expect(content()).toMatchObject({
      "gen_ai.retrieval.query.text": "France",
      "gen_ai.retrieval.documents": [{ id: "d1", content: "Paris", score: 0.5 }],
    });
  });

  it("is what work of one's own is done with, for a vocabulary that has a place for it", () => {
    traced("trace", "load", (path: string) => ({ path }))("a.txt");
    expect(content()).toEqual({ "input.value": "a.txt", "output.value": { path: "a.txt" } });
  });

  const tools = [{ type: "function", function: { name: "search", parameters: {} } }];
  const system = "Be brief";
  const raw: [string, object, (client: never) => Promise<unknown>, object][] = [
    [
      "OpenAI's",
      {
        chat: { completions: { create: async () => wireJson("openai.chat.json") } },
        responses: { create: async () => wireJson("openai.responses.json") },
      },
      (client: { chat: { completions: { create: (body: object) => Promise<unknown> } } }) =>
        client.chat.completions.create({
          model: "gpt-5.4-mini",
          messages: [
            { role: "system", content: system },
            { role: "user", content: question },
            {
              role: "assistant",
              tool_calls: [
                { id: "c1", type: "function", function: { name: "search", arguments: '{"q":1}' } },
              ],
            },
            { role: "tool", tool_call_id: "c1", content: "found" },
          ],
          tools,
        }),
      {
        "gen_ai.input.messages": [
          text("system", system),
          text("user", question),
          {
            role: "assistant",
            parts: [{ type: "tool_call", id: "c1", name: "search", arguments: { q: 1 } }],
          },
          {
            role: "tool",
            parts: [{ type: "tool_call_response", id: "c1", response: "found" }],
          },
        ],
        "gen_ai.tool.definitions": [{ type: "function", name: "search", parameters: {} }],
        "gen_ai.output.messages": [paris],
      },
    ],
    [
      "Anthropic's",
      { messages: { create: async () => wireJson("anthropic.messages.json") } },
      (client: { messages: { create: (body: object) => Promise<unknown> } }) =>
        client.messages.create({
          model: "claude-sonnet-4-5",
          system,
          messages: [{ role: "user", content: question }],
        }),
      {
        "gen_ai.system_instructions": [{ type: "text", content: system }],
        "gen_ai.input.messages": [text("user", question)],
        "gen_ai.output.messages": [paris],
      },
    ],
    [
      "Google's",
      { models: { generateContent: async () => wireJson("gemini.generateContent.json") } },
      (client: { models: { generateContent: (body: object) => Promise<unknown> } }) =>
        client.models.generateContent({
          model: "gemini-2.5-flash",
          contents: [{ role: "user", parts: [{ text: question }] }],
          config: { systemInstruction: system },
        }),
      {
        "gen_ai.system_instructions": [{ type: "text", content: system }],
        "gen_ai.input.messages": [text("user", question)],
        "gen_ai.output.messages": [paris],
      },
    ],
    [
      "Bedrock's",
      {
        config: {},
        middlewareStack: {},
        send: async () => wireJson("bedrock.converse.json"),
      },
      (client: { send: (command: object) => Promise<unknown> }) =>
        client.send({
          input: {
            modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0",
            system: [{ text: system }],
            messages: [{ role: "user", content: [{ text: question }] }],
          },
        }),
      {
        "gen_ai.system_instructions": [{ type: "text", content: system }],
        "gen_ai.input.messages": [text("user", question)],
        "gen_ai.output.messages": [paris],
      },
    ],
  ];
  it.each(raw)("is the conversation with %s client", async (_, client, call, expected) => {
    await call(wrap(client, { kind: "llm" }) as never);
    expect(content()).toMatchObject(expected);
  });

  it("is what has streamed, put together", async () => {
    const chunks = sse("openai.chat.stream.sse.txt")
      .map((frame) => frame.slice("data: ".length).trim())
      .filter((data) => data.startsWith("{"))
      .map((data) => JSON.parse(data) as unknown);
    const ask = traced("llm", "ask", async function* ask(asked: string) {
      if (asked !== "") yield* chunks;
    });
    for await (const _ of ask(question));
    expect(content()).toMatchObject({
      "gen_ai.input.messages": [text("user", question)],
      "gen_ai.output.messages": [paris],
    });
  });

  it("is what has come when a stream is left", async () => {
    const ask = traced("llm", "ask", async function* ask(asked: string) {
      if (asked !== "") yield "The capital";
      yield " of France";
    });
    for await (const _ of ask(question)) break;
    expect(content()).toMatchObject({
      "gen_ai.output.messages": [text("assistant", "The capital")],
    });
  });
});

describe("without the option", () => {
  it("nothing is said, and nothing is read", async () => {
    instrumentation.disable();
    const read = vi.fn(() => "secret");
    const argument = Object.defineProperty({}, "text", { enumerable: true, get: read });
    traced("tool", "add", (value: object) => value)(argument);
    expect(content()).toEqual({});
    expect(read).not.toHaveBeenCalled();
  });

  it("the environment decides", async () => {
    instrumentation.disable();
    vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
    vi.resetModules();
    const fresh = await import("../../src/trace/index.ts");
    fresh.traced("tool", "add", (n: number) => n)(1);
    expect(content()).toMatchObject({ "gen_ai.tool.call.arguments": { input: 1 } });
  });
});
