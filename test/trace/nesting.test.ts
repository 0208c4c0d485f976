import { tool } from "@langchain/core/tools";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { gate, traced, withRootSpan, wrap } from "../../src/trace/index.ts";
import { network, providers } from "../support/providers.ts";

let telemetry: TestTelemetry;
beforeAll(() => network.listen());
beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(() => {
  network.reset();
  telemetry.shutdown();
});
afterAll(() => network.close());

/** Names, whose they are, and what is below, by name: what starts in the same millisecond has no order. */
type Shape = [name: string, about: string, ...below: Shape[]];

function shape({ name, attributes, children }: SpanNode): Shape {
  const { "gen_ai.agent.name": agent, "gen_ai.conversation.id": conversation } = attributes;
  const below = children.map(shape).toSorted(([a], [b]) => a.localeCompare(b));
  return [name, [agent, conversation].filter(Boolean).join(" "), ...below];
}

const shapes = (): Shape[] => telemetry.tree().map(shape);

const cache = wrap({ get: async (key: string) => key.length }, { name: "cache" });
const lookup = traced("retrieval", "docs", async (query: string) => {
  gate("policy", () => true);
  return [await cache.get(query)];
});
const search = tool(
  async ({ query }) => {
    gate("tool policy", () => true);
    return String(await lookup(query));
  },
  {
    name: "search",
    description: "Searches",
    schema: z.object({ query: z.string() }),
  },
);
const model = () => providers.openai.create();
const handler = () => new OpenTelemetryCallbackHandler();
const call = { args: { query: "a" }, id: "call_1", name: "search", type: "tool_call" as const };

const State = Annotation.Root({ found: Annotation<unknown> });
const graph = () =>
  new StateGraph(State)
    .addNode("look", async () => ({ found: await lookup("Paris") }))
    .addEdge(START, "look")
    .addEdge("look", END)
    .compile({ name: "finder" });

/** The handler first: what has been patched stays so on objects that outlive the instrumentation. */
describe.each([
  ["a handler alone", false],
  ["the instrumentation", true],
])("with %s", (_, isAttached) => {
  let instrumentation: LangChainInstrumentation | undefined;
  beforeEach(async () => {
    instrumentation = isAttached ? new LangChainInstrumentation() : undefined;
    await instrumentation?.ready;
    return () => instrumentation?.disable();
  });
  const config = (): object => (isAttached ? {} : { callbacks: [handler()] });

  it("a traced function inside a tool is below the tool", async () => {
    await search.invoke(call, config());
    expect(shapes()).toEqual([
      [
        "execute_tool search",
        "",
        ["gate tool policy", ""],
        ["retrieval docs", "", ["cache.get", ""], ["gate policy", ""]],
      ],
    ]);
  });

  it("a traced function inside a node is below the node, and of its conversation", async () => {
    await graph().invoke({ found: 0 }, { ...config(), configurable: { thread_id: "t1" } });
    expect(shapes()).toEqual([
      [
        "invoke_workflow finder",
        "t1",
        ["node look", "t1", ["retrieval docs", "t1", ["cache.get", "t1"], ["gate policy", "t1"]]],
      ],
    ]);
  });

  it("a run of LangChain's inside a traced function is below it, and of its agent", async () => {
    const support = traced(
      "agent",
      { name: "support", conversationId: "c1" },
      async (question: string) => {
        await search.invoke(call, config());
        return (await model().invoke(question, config())).text;
      },
    );
    expect(await support("Hi")).toBe("The capital of France is Paris.");
    const ours = "support c1";
    expect(shapes()).toEqual([
      [
        "invoke_agent support",
        ours,
        [
          "execute_tool search",
          ours,
          ["gate tool policy", ours],
          ["retrieval docs", ours, ["cache.get", ours], ["gate policy", ours]],
        ],
        ["gen_ai.chat", ours],
      ],
    ]);
    expect(telemetry.tree()[0]?.attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 2540,
      "gen_ai.usage.output_tokens": 60,
      "langchain.tokens.total": 2600,
    });
  });

  it("an agent of LangChain's inside a traced one keeps its own name", async () => {
    const inner = createAgent({ model: model(), tools: [], name: "writer" });
    const outer = traced("agent", "editor", () =>
      inner.invoke({ messages: [{ role: "user", content: "Hi" }] }, config()),
    );
    await outer();
    const [root] = shapes();
    expect(root?.slice(0, 2)).toEqual(["invoke_agent editor", "editor"]);
    expect((root as Shape)[2]).toEqual([
      "invoke_agent writer",
      "writer",
      ["node model_request", "writer", ["gen_ai.chat", "writer"]],
    ]);
  });

  it("counts the tokens of a model once, where a traced function returns its answer", async () => {
    const support = traced("agent", "support", async () => {
      const ask = traced("llm", "ask", (question: string) => model().invoke(question, config()));
      return (await ask("Hi")).text;
    });
    await support();
    expect(shapes()).toEqual([
      ["invoke_agent support", "support", ["gen_ai.chat", "support", ["gen_ai.chat", "support"]]],
    ]);
    const metrics = await telemetry.metrics();
    const usage = metrics.find(({ name }) => name === "gen_ai.client.token.usage");
    const input = usage?.points.filter(
      ({ attributes }) => attributes["gen_ai.token.type"] === "input",
    );
    expect(input).toMatchObject([{ count: 1, sum: 2540 }]);
    expect(telemetry.tree()[0]?.attributes["langchain.tokens.total"]).toBe(2600);
  });
});

describe("a traced function that returns an answer of LangChain's", () => {
  it("has its model and tokens, when nobody else reports them", async () => {
    await traced("llm", "ask", () => model().invoke("Hi"))();
    expect(telemetry.tree()).toMatchObject([
      {
        name: "gen_ai.chat",
        attributes: {
          "gen_ai.provider.name": "openai",
          "gen_ai.response.model": "gpt-5.4-mini-2026-03-17",
          "gen_ai.response.finish_reasons": ["stop"],
          "gen_ai.usage.input_tokens": 2540,
          "gen_ai.usage.output_tokens": 60,
        },
      },
    ]);
  });
});

describe("a handler with options of its own", () => {
  it("has what is traced inside of its runs written as they are", async () => {
    const other = createTestTelemetry({ global: false });
    const own = new OpenTelemetryCallbackHandler({
      tracerProvider: other.tracerProvider,
      meterProvider: other.meterProvider,
      captureContent: "span",
    });
    await search.invoke(call, { callbacks: [own] });
    expect(telemetry.spans()).toEqual([]);
    const [root] = other.tree();
    expect(root?.children.find(({ name }) => name === "retrieval docs")).toMatchObject({
      name: "retrieval docs",
      attributes: { "gen_ai.retrieval.query.text": "a" },
    });
    other.shutdown();
  });

  it("has them written too where nothing is registered globally", async () => {
    telemetry.shutdown();
    const other = createTestTelemetry({ global: false });
    const { tracerProvider, meterProvider } = other;
    const own = new OpenTelemetryCallbackHandler({ tracerProvider, meterProvider });
    await search.invoke(call, { callbacks: [own] });
    const [root] = other.tree();
    expect(root?.children.map(({ name }) => name)).toContain("retrieval docs");
    other.shutdown();
  });
});

describe("withRootSpan", () => {
  it("is above what is traced inside", async () => {
    await withRootSpan("slack.message", () => lookup("a"));
    expect(shapes()).toEqual([
      ["slack.message", "", ["retrieval docs", "", ["cache.get", ""], ["gate policy", ""]]],
    ]);
  });
});
