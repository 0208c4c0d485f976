import { InMemoryCache } from "@langchain/core/caches";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { context, trace } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import {
  createTestTelemetry,
  type SpanNode,
  spanSnapshotSerializer,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import { type ChatServer, startChatServer } from "../support/chat-server.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

let telemetry: TestTelemetry;
let server: ChatServer;
let instrumentation: LangChainInstrumentation;
let undici: UndiciInstrumentation;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  server = await startChatServer();
  undici = new UndiciInstrumentation();
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  telemetry.reset();
  server.requests.length = 0;
  expect(runRegistry().size).toBe(0);
});
afterAll(async () => {
  undici.disable();
  instrumentation.disable();
  await server.close();
  telemetry.shutdown();
});

function model(options: object = {}): ChatOpenAI {
  const apiKey = ["sk", "test"].join("-");
  return new ChatOpenAI({
    model: "gpt-5.4-mini",
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: server.url },
    ...options,
  });
}

/** Names only. */
function outline(spans: readonly SpanNode[]): unknown[] {
  return spans.map(({ name, children }) =>
    children.length === 0 ? name : [name, outline(children)],
  );
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

const chatWithRequest = ["gen_ai.chat", ["POST"]];

describe("the request of a call is a child of its span", () => {
  it("invoked", async () => {
    await model().invoke("hi");
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("streamed", async () => {
    await drain(await model().stream("hi"));
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("by streamEvents v2", async () => {
    await drain(model().streamEvents("hi", { version: "v2" }));
    expect(outline(telemetry.tree())).toEqual([chatWithRequest]);
  });

  it("of batch with maxConcurrency, whose waiting requests start in others' contexts", async () => {
    const limited = model({ maxConcurrency: 1 });
    await Promise.all(["a", "b", "c", "d"].map((question) => limited.invoke(question)));
    expect(outline(telemetry.tree())).toEqual([
      chatWithRequest,
      chatWithRequest,
      chatWithRequest,
      chatWithRequest,
    ]);
  });

  it("of generate with several prompts", async () => {
    await model().generate([[{ role: "user", content: "a" }], [{ role: "user", content: "b" }]]);
    expect(outline(telemetry.tree())).toEqual([chatWithRequest, chatWithRequest]);
  });

  it("and nothing after the call is", async () => {
    await model().invoke("hi");
    expect(trace.getSpan(context.active())).toBeUndefined();
    const stream = await model().stream("hi");
    for await (const _ of stream) expect(trace.getSpan(context.active())).toBeUndefined();
  });

  it("with the attributes of the answer that came over it", async () => {
    await model().invoke("hi");
    const [chat] = telemetry.tree();
    expect(server.requests).toHaveLength(1);
    const [http] = telemetry.spans().filter(({ name }) => name === "POST");
    expect(server.requests[0]?.traceparent).toBe(
      `00-${http?.spanContext().traceId}-${http?.spanContext().spanId}-01`,
    );
    expect(chat?.attributes["gen_ai.usage.cache_read.input_tokens"]).toBe(2000);
  });
});

describe("a direct event stream (v3), which fires no callback", () => {
  it("has its span, its tokens and its request", async () => {
    await trace.getTracer("app").startActiveSpan("mine", async (mine) => {
      await drain(model().streamEvents("hi", { metadata: { thread_id: "t-9" } }));
      mine.end();
    });
    expect(telemetry.tree()).toMatchSnapshot();
  });

  it("hangs under the span that was active when it was asked for", async () => {
    const tracer = trace.getTracer("app");
    const stream = tracer.startActiveSpan("asking", (span) => {
      const asked = model().streamEvents("hi");
      span.end();
      return asked;
    });
    await tracer.startActiveSpan("reading", async (span) => {
      await drain(stream);
      span.end();
    });
    expect(outline(telemetry.tree())).toEqual([["asking", [chatWithRequest]], "reading"]);
  });

  it("by streamV2 too", async () => {
    await drain(model().streamV2("hi"));
    expect(outline(telemetry.tree())).toEqual([chatWithRequest]);
  });

  it("that nobody reads is read by LangChain all the same, and its span ends", async () => {
    model().streamEvents("hi");
    await expect.poll(() => outline(telemetry.tree())).toEqual([chatWithRequest]);
    expect(telemetry.tree()[0]?.attributes["gen_ai.usage.output_tokens"]).toBe(60);
  });
});

describe("a stream that its consumer leaves", () => {
  it("by break ends its span as cancelled", async () => {
    for await (const _ of await model().stream("hi")) break;
    await expect.poll(() => outline(telemetry.tree())).toEqual([chatWithRequest]);
    expect(telemetry.tree()[0]).toMatchObject({
      status: "UNSET",
      attributes: { "langchain.run.outcome": "cancelled" },
    });
  });

  it("by a throw too", async () => {
    const read = async (): Promise<void> => {
      for await (const _ of await model().stream("hi")) throw new Error("consumer");
    };
    await expect(read()).rejects.toThrow("consumer");
    await expect
      .poll(() => telemetry.tree()[0]?.attributes["langchain.run.outcome"])
      .toBe("cancelled");
  });
});

describe("with the handler beside it", () => {
  it("there is one span a run, and chunks count once", async () => {
    const handler = new OpenTelemetryCallbackHandler();
    const twice = model({ callbacks: [handler] });
    await drain(
      await twice.stream("hi", { callbacks: [handler, new OpenTelemetryCallbackHandler()] }),
    );
    expect(outline(telemetry.tree())).toEqual([chatWithRequest]);
    const metrics = await telemetry.metrics();
    const counts = metrics.flatMap(({ name, points }) =>
      points.map((point) => [name, "count" in point ? point.count : point.value]),
    );
    expect(counts).toContainEqual(["gen_ai.client.operation.time_per_output_chunk", 5]);
    expect(counts).toContainEqual(["gen_ai.client.operation.duration", 1]);
  });
});

describe("200 calls at once", () => {
  it.each(["invoke", "stream", "v3"] as const)(
    "by %s: each in its own trace, under its own parent, with its own request",
    async (how) => {
      const tracer = trace.getTracer("app");
      const shared = model();
      await Promise.all(
        Array.from({ length: 200 }, (_, at) =>
          tracer.startActiveSpan(`root ${at}`, async (root) => {
            if (how === "invoke") await shared.invoke(`root ${at}`);
            else if (how === "stream") await drain(await shared.stream(`root ${at}`));
            else await drain(shared.streamEvents(`root ${at}`));
            root.end();
          }),
        ),
      );
      const expected = Array.from({ length: 200 }, (_, at) => [`root ${at}`, [chatWithRequest]]);
      expect(sorted(outline(telemetry.tree()))).toEqual(sorted(expected));
      const roots = new Map(
        telemetry.spans().map((span) => [span.name, span.spanContext().traceId]),
      );
      const sent = server.requests.map(({ question, traceparent }) => [
        question,
        traceparent?.split("-")[1],
      ]);
      expect(sorted(sent)).toEqual(sorted([...roots].filter(([name]) => name.startsWith("root"))));
    },
  );
});

function sorted<T>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("inside a graph", () => {
  const graph = () =>
    new StateGraph(MessagesAnnotation)
      .addNode("ask", async ({ messages }) => ({ messages: [await model().invoke(messages)] }))
      .addEdge("__start__", "ask")
      .compile();
  const input = { messages: [{ role: "user", content: "hi" }] };
  const graphWith = (...calls: unknown[]) => ["invoke_workflow", [["node ask", calls]]];
  const chats = () =>
    telemetry
      .spans()
      .filter(({ name }) => name === "gen_ai.chat")
      .map(({ attributes }) => attributes);

  it.each(["values", "updates", "messages", "custom", "debug"] as const)(
    "in stream mode %s",
    async (streamMode) => {
      await drain(await graph().stream(input, { streamMode, configurable: { thread_id: "t" } }));
      expect(outline(telemetry.tree())).toEqual([graphWith(chatWithRequest)]);
      expect(chats()).toMatchObject([
        {
          "gen_ai.conversation.id": "t",
          "gen_ai.usage.input_tokens": 2540,
          "gen_ai.usage.output_tokens": 60,
          "gen_ai.usage.cache_creation.input_tokens": 500,
        },
      ]);
    },
  );

  it("by its own event stream (v3), which makes models stream events", async () => {
    const run = await graph().streamEvents(input, { version: "v3" });
    await drain(run as AsyncIterable<unknown>);
    expect(outline(telemetry.tree())).toEqual([graphWith(chatWithRequest)]);
    expect(chats()).toMatchObject([
      {
        "gen_ai.request.stream": true,
        "gen_ai.response.time_to_first_chunk": expect.any(Number),
        "gen_ai.usage.input_tokens": 2540,
        "gen_ai.usage.output_tokens": 60,
      },
    ]);
  });

  it("by its event stream (v3), of a model whose cache misses and then hits", async () => {
    const cached = model({ cache: new InMemoryCache() });
    const once = new StateGraph(MessagesAnnotation)
      .addNode("ask", async ({ messages }) => ({ messages: [await cached.invoke(messages)] }))
      .addEdge("__start__", "ask")
      .compile();
    for (const _ of ["miss", "hit"]) {
      await drain((await once.streamEvents(input, { version: "v3" })) as AsyncIterable<unknown>);
    }
    expect(outline(telemetry.tree())).toEqual([
      graphWith(chatWithRequest),
      graphWith("gen_ai.chat"),
    ]);
    expect(chats().map((attributes) => attributes["langchain.cached"])).toEqual([undefined, true]);
  });
});

it("a model that asks once more inside a call is the parent of that call", async () => {
  class Router extends ChatOpenAI {
    override async _generate(
      ...args: Parameters<ChatOpenAI["_generate"]>
    ): ReturnType<ChatOpenAI["_generate"]> {
      await drain(this.streamEvents("which one?"));
      return super._generate(...args);
    }
  }
  const apiKey = ["sk", "test"].join("-");
  await new Router({ model: "router", apiKey, configuration: { baseURL: server.url } }).invoke(
    "hi",
  );
  expect(outline(telemetry.tree())).toEqual([["gen_ai.chat", [chatWithRequest, "POST"]]]);
  expect(telemetry.tree()[0]?.children[0]?.attributes["gen_ai.request.stream"]).toBe(true);
});
