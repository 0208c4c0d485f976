import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import type { ProviderServer } from "../../examples/demo/provider-server.ts";

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer({ pace: 0 });
  return () => server.close();
});

const apiKey = ["sk", "test"].join("-");
const models: Readonly<Record<string, (options?: object) => BaseChatModel>> = {
  openai: (options = {}) =>
    new ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey,
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1` },
      ...options,
    }),
  anthropic: (options = {}) =>
    new ChatAnthropic({
      model: "claude-sonnet-4-5",
      apiKey,
      maxRetries: 0,
      anthropicApiUrl: server.url,
      ...options,
    }),
};

const weather = tool(({ city }) => JSON.stringify({ city, sky: "clear", celsius: 19 }), {
  name: "get_weather",
  schema: z.object({ city: z.string() }),
});
const hotels = tool(({ city, nights }) => `${nights} nights in ${city}: Casa Azul, 140 EUR`, {
  name: "find_hotels",
  schema: z.object({ city: z.string(), nights: z.number().int() }),
});

describe.each(["openai", "anthropic"])("%s", (id) => {
  const model = (options?: object) => models[id]!(options);

  it.each(["updates", "messages"] as const)(
    "lets an agent call two tools at once and answers from their results (%s)",
    async (streamMode) => {
      // With "messages" LangGraph streams from the model.
      const agent = createAgent({
        model: model(),
        tools: [weather, hotels],
        checkpointer: new MemorySaver(),
      });
      const config = { configurable: { thread_id: "1" } };
      const question = { messages: [{ role: "user", content: "Plan a trip to Porto for 3 days" }] };
      for await (const _ of await agent.stream(question, { ...config, streamMode }));
      const { messages } = (await agent.graph.getState(config)).values as {
        messages: BaseMessage[];
      };

      expect(messages.map((message) => message.type)).toEqual([
        "human",
        "ai",
        "tool",
        "tool",
        "ai",
      ]);
      expect(
        (messages[1] as AIMessageChunk).tool_calls?.map(({ name, args }) => ({ name, args })),
      ).toEqual([
        { name: "get_weather", args: { city: "Porto" } },
        { name: "find_hotels", args: { city: "Porto", nights: 3 } },
      ]);
      expect(messages[4]?.text).toBe(
        "A good choice, Porto. City Porto, sky clear, celsius 19. 3 nights in Porto Casa Azul, 140 EUR. Take a light jacket " +
          "for the evenings, and book the museum ahead: after eleven the queue goes round the block.",
      );
    },
  );

  it("streams in many chunks and tells the same as at once", async () => {
    const chunks: string[] = [];
    for await (const chunk of await model().stream("Where is my refund?")) chunks.push(chunk.text);
    expect(chunks.filter((text) => text !== "").length).toBeGreaterThan(8);
    expect(chunks.join("")).toBe((await model().invoke("Where is my refund?")).text);
  });

  it("answers different questions differently", async () => {
    const [capital, incident] = [
      await model().invoke("What is the capital of France?"),
      await model().invoke("What caused the outage?"),
    ];
    expect(capital.text).toBe("The capital of France is Paris.");
    expect(incident.text).toContain("The last deployment");
  });

  it("writes the prompt to its cache once and reads it from there afterwards", async () => {
    const details: unknown[] = [];
    for (const _ of [1, 2]) {
      const { usage_metadata } = await model().invoke("What is the capital of France?");
      const { input_tokens = 0, input_token_details: { cache_read = 0, cache_creation = 0 } = {} } =
        usage_metadata ?? {};
      details.push({
        cache_read,
        cache_creation,
        fresh: input_tokens - cache_read - cache_creation,
      });
    }
    expect(details).toEqual([
      { cache_read: 0, cache_creation: 1408, fresh: expect.any(Number) as number },
      { cache_read: 1408, cache_creation: 0, fresh: expect.any(Number) as number },
    ]);
  });

  it("is overloaded when the model is called busy", async () => {
    await expect(model({ model: "busy-model" }).invoke("hi")).rejects.toThrow(/overloaded/i);
  });
});

describe("over HTTP", () => {
  it("says what is wrong with a request", async () => {
    const post = async (path: string, body: string) => {
      const response = await fetch(server.url + path, { method: "POST", body });
      return [
        response.status,
        ((await response.json()) as { error: { message: string } }).error.message,
      ];
    };
    expect(await post("/v1/nothing", "{}")).toEqual([404, "Not found"]);
    expect(await post("/v1/messages", "no json")).toEqual([
      400,
      "Expected a JSON body with model and messages",
    ]);
  });

  it("goes on after a client has left in the middle of a stream", async () => {
    const slow = await startProviderServer({ pace: 0.05 });
    try {
      const chat = new ChatOpenAI({
        model: "gpt-5.4-mini",
        apiKey,
        configuration: { baseURL: `${slow.url}/v1` },
      });
      for await (const chunk of await chat.stream("Where is my refund?"))
        if (chunk.text !== "") break;
      expect((await chat.invoke("What is the capital of France?")).text).toBe(
        "The capital of France is Paris.",
      );
    } finally {
      await slow.close();
    }
  });
});
