import { Document } from "@langchain/core/documents";
import { HumanMessage } from "@langchain/core/messages";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import {
  type ProviderServer,
  startProviderServer,
} from "../../../examples/demo/provider-server.ts";
import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";

let telemetry: TestTelemetry;
let server: ProviderServer;
const callbacks = [new OpenTelemetryCallbackHandler({ captureContent: "span" })];

beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(() => telemetry.shutdown());
afterAll(() => server.close());

const CONTENT =
  /^gen_ai\.(?:input\.messages|output\.messages|tool\.call\.(?:arguments|result)|retrieval\.)/;

function contents(): [name: string, content: Record<string, unknown>][] {
  return telemetry.spans().map(({ name, attributes }) => [
    name,
    Object.fromEntries(
      Object.entries(attributes)
        .filter(([key]) => CONTENT.test(key))
        .map(([key, value]) => [
          key,
          key === "gen_ai.retrieval.query.text" ? value : JSON.parse(String(value)),
        ]),
    ),
  ]);
}

describe("an agent", () => {
  it("has its conversation, and so have its model calls and its tools; its nodes have none", async () => {
    const weather = tool(({ city }) => ({ city, sky: "clear" }), {
      name: "get_weather",
      description: "The weather",
      schema: z.object({ city: z.string() }),
    });
    const model = new ChatOpenAI({
      model: "gpt-5-mini",
      apiKey: "none",
      configuration: { baseURL: `${server.url}/v1` },
    });
    const agent = createAgent({ model, tools: [weather], name: "travel" });
    await agent.invoke({ messages: [{ role: "user", content: "Weather?" }] }, { callbacks });
    const spans = contents();
    const asked = { role: "user", parts: [{ type: "text", content: "Weather?" }] };
    const call = {
      type: "tool_call",
      id: expect.any(String),
      name: "get_weather",
      arguments: { city: "Lisbon" },
    };
    const answer = {
      role: "assistant",
      parts: [{ type: "text", content: expect.stringContaining("Lisbon") }],
      finish_reason: "stop",
    };
    const found = {
      type: "tool_call_response",
      id: expect.any(String),
      response: '{"city":"Lisbon","sky":"clear"}',
    };
    expect(spans).toEqual([
      [
        "gen_ai.chat",
        {
          "gen_ai.input.messages": [asked],
          "gen_ai.output.messages": [
            { role: "assistant", parts: [call], finish_reason: "tool_call" },
          ],
        },
      ],
      ["node model_request", {}],
      [
        "execute_tool get_weather",
        {
          "gen_ai.tool.call.arguments": { city: "Lisbon" },
          "gen_ai.tool.call.result": { city: "Lisbon", sky: "clear" },
        },
      ],
      ["node tools", {}],
      [
        "gen_ai.chat",
        {
          "gen_ai.input.messages": [
            asked,
            { role: "assistant", parts: [call], name: "travel" },
            { role: "tool", parts: [found], name: "get_weather" },
          ],
          "gen_ai.output.messages": [answer],
        },
      ],
      ["node model_request", {}],
      [
        "invoke_agent travel",
        {
          "gen_ai.input.messages": [asked],
          "gen_ai.output.messages": [{ ...answer, name: "travel" }],
        },
      ],
    ]);
  });
});

describe("a graph", () => {
  it("has the conversation in its state", async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("answer", () => ({ messages: [{ role: "assistant", content: "Hello" }] }))
      .addEdge(START, "answer")
      .addEdge("answer", END)
      .compile({ name: "greeter" });
    await graph.invoke({ messages: [new HumanMessage("Hi")] }, { callbacks });
    expect(contents()).toEqual([
      ["node answer", {}],
      [
        "invoke_workflow greeter",
        {
          "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
          "gen_ai.output.messages": [
            {
              role: "assistant",
              parts: [{ type: "text", content: "Hello" }],
              finish_reason: "stop",
            },
          ],
        },
      ],
    ]);
  });
});

describe("a tool", () => {
  const named = { name: "look", description: "Looks" };

  it.each([
    ["a text", "Sunny", { output: "Sunny" }],
    ["JSON", '{"sky":"clear"}', { sky: "clear" }],
    ["a list", ["a", "b"], { output: ["a", "b"] }],
    ["an object", { sky: "clear" }, { sky: "clear" }],
    ["nothing", undefined, {}],
  ])("that answers %s", async (_, answer, result) => {
    const look = tool(() => answer as string, { ...named, schema: z.object({ at: z.number() }) });
    await look.invoke({ at: 1 }, { callbacks });
    expect(contents()).toEqual([
      [
        "execute_tool look",
        { "gen_ai.tool.call.arguments": { at: 1 }, "gen_ai.tool.call.result": result },
      ],
    ]);
  });

  it("that is called with a text", async () => {
    const look = tool((where: string) => `Nothing in ${where}`, named);
    await look.invoke("Paris", { callbacks });
    expect(contents()).toEqual([
      [
        "execute_tool look",
        {
          "gen_ai.tool.call.arguments": { input: "Paris" },
          "gen_ai.tool.call.result": { output: "Nothing in Paris" },
        },
      ],
    ]);
  });

  it("that fails has no result", async () => {
    const look = tool(() => Promise.reject(new Error("no")), { ...named, schema: z.object({}) });
    await expect(look.invoke({}, { callbacks })).rejects.toThrow("no");
    expect(contents()).toEqual([["execute_tool look", { "gen_ai.tool.call.arguments": {} }]]);
  });
});

class Shelf extends BaseRetriever {
  override lc_namespace = ["test"];

  override async _getRelevantDocuments(): Promise<Document[]> {
    return [
      new Document({ id: "d1", pageContent: "Once", metadata: { score: 0.5, source: "a.md" } }),
      new Document({ pageContent: "Twice" }),
    ];
  }
}

it("a retriever has its question and its documents", async () => {
  await new Shelf().invoke("when?", { callbacks });
  expect(contents()).toEqual([
    [
      "retrieval Shelf",
      {
        "gen_ai.retrieval.query.text": "when?",
        "gen_ai.retrieval.documents": [
          { id: "d1", score: 0.5, content: "Once", metadata: { score: 0.5, source: "a.md" } },
          { content: "Twice", metadata: {} },
        ],
      },
    ],
  ]);
});

it("any other chain has none", async () => {
  await RunnableLambda.from((text: string) => `${text}!`).invoke("Hi", { callbacks });
  expect(contents()).toEqual([["chain RunnableLambda", {}]]);
});
