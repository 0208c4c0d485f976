import { ChatOpenAI } from "@langchain/openai";
import { trace } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { type ChatServer, startChatServer } from "../support/chat-server.ts";

let telemetry: TestTelemetry;
let server: ChatServer;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  server = await startChatServer();
});
afterEach(() => telemetry.reset());
afterAll(async () => {
  await server.close();
  telemetry.shutdown();
});

/** 200 requests at once, each with a root span of its own; answers which root each model span stands under. */
async function parentsOf200(
  handler: OpenTelemetryCallbackHandler,
  how: "invoke" | "stream",
): Promise<string[][]> {
  const apiKey = ["sk", "test"].join("-");
  const model = new ChatOpenAI({
    model: "gpt-5.4-mini",
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: server.url },
  });
  await Promise.all(
    Array.from({ length: 200 }).map((__, at) =>
      trace.getTracer("app").startActiveSpan(`root ${at}`, async (root) => {
        const config = { callbacks: [handler], metadata: { thread_id: `root ${at}` } };
        if (how === "invoke") await model.invoke("hi", config);
        else for await (const _ of await model.stream("hi", config));
        root.end();
      }),
    ),
  );
  return telemetry
    .tree()
    .map(({ name, children }) => [
      name,
      ...children.map(({ attributes }) => String(attributes["gen_ai.conversation.id"])),
    ]);
}

const each = Array.from({ length: 200 }, (_, at) => [`root ${at}`, `root ${at}`]).toSorted();

describe("200 requests at once with one handler", () => {
  it.each(["invoke", "stream"] as const)("%s: every span is under its own root", async (how) => {
    const parents = await parentsOf200(new OpenTelemetryCallbackHandler(), how);
    expect(parents.toSorted()).toEqual(each);
  });

  it("would not be, were the handler in the background as LangChain's are by default", async () => {
    const handler = new OpenTelemetryCallbackHandler();
    handler.awaitHandlers = false;
    const parents = await parentsOf200(handler, "stream");
    expect(parents.toSorted()).not.toEqual(each);
  });
});
