import type { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { createAgent, tool } from "langchain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { messageAttributes } from "../../src/dialects/openinference/messages.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import type { HandlerOptions } from "../../src/options.ts";
import { startTelemetry, type Telemetry } from "../../src/sdk/index.ts";
import { type AgentServer, startAgentServer } from "../support/agent-server.ts";
import { OtlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.ts";

class CityGuide extends BaseRetriever {
  lc_namespace = ["test"];
  override lc_serializable = false;

  override _getRelevantDocuments(query: string): Promise<Document[]> {
    return Promise.resolve([
      { id: "doc-1", pageContent: `The tower of ${query}`, metadata: { page: 3, score: 0.75 } },
      { id: "doc-2", pageContent: "The bridge", metadata: {} },
    ]);
  }
}

let receiver: OtlpReceiver;
let server: AgentServer;
let telemetry: Telemetry;

beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
  server = await startAgentServer();
  const endpoint = receiver.url;
  telemetry = startTelemetry({
    serviceName: "test",
    endpoint,
    protocol: "http/json",
    enabled: true,
  });
});

afterEach(async () => {
  await telemetry.shutdown();
  await server.close();
  await receiver.close();
});

/** What a back end receives of an agent with a tool that looks something up. */
async function received(options: HandlerOptions): Promise<ReceivedSpan[]> {
  const handler = new OpenTelemetryCallbackHandler(options);
  const agent = createAgent({
    name: "guide",
    model: server.model({ temperature: 0.5 }),
    systemPrompt: "Be brief",
    tools: [
      tool(
        async ({ query }: { query: string }, config) =>
          (await new CityGuide().invoke(query, config))
            .map(({ pageContent }) => pageContent)
            .join(),
        {
          name: "sights",
          description: "What there is to see",
          schema: z.object({ query: z.string() }),
        },
      ),
    ],
  });
  await agent.invoke(
    { messages: [{ role: "user", content: "What is there to see?" }] },
    {
      callbacks: [handler],
      tags: ["beta"],
      metadata: { session_id: "session-1", user_id: "ann", tenant: "acme" },
    },
  );
  await telemetry.forceFlush();
  return receiver.spans.filter(({ scope }) => scope === "langchain-otel");
}

/** Without what is another in every run. */
function stable(attributes: ReceivedSpan["attributes"]): object {
  return {
    ...attributes,
    "langchain.run.id": "<id>",
    ...("server.port" in attributes ? { "server.port": "<port>" } : {}),
  };
}

describe("what Phoenix receives", () => {
  it("is kinds, messages, tokens, tools and documents, beside the conventions' own", async () => {
    const spans = await received({ dialects: ["openinference"], captureContent: "span" });
    expect(spans.map(({ name, attributes }) => [name, stable(attributes)])).toMatchSnapshot();
  });

  it("has nothing of what was said where content is not captured", async () => {
    const spans = await received({ dialects: ["vystak", "llm", "openinference"] });
    const text = JSON.stringify(spans.map(({ attributes }) => attributes));
    expect(spans.length).toBeGreaterThan(5);
    for (const said of ["Be brief", "there to see", "The tower", "sights\\"])
      expect(text).not.toContain(said);
    expect(text).not.toMatch(/_messages\.|\.value"|llm\.tools|documents|tool\.parameters/);
  });
});

describe("messages piece by piece", () => {
  const said = (at: number) => ({ role: "user", parts: [{ type: "text", content: `No ${at}` }] });
  const values = (messages: readonly unknown[], room: number): unknown =>
    messageAttributes("m.", messages, room);

  it("are the newest that there is room for, numbered from 0", () => {
    const messages = Array.from({ length: 10_000 }, (_, at) => said(at));
    expect(values(messages, 5)).toEqual({
      "m.0.message.role": "user",
      "m.0.message.content": "No 9998",
      "m.1.message.role": "user",
      "m.1.message.content": "No 9999",
    });
  });

  it("are the beginning of the newest, when it is longer than the room alone", () => {
    const call = { type: "tool_call", id: "1", name: "look", arguments: {} };
    expect(values([said(1), { role: "assistant", parts: [call, call] }], 3)).toEqual({
      "m.0.message.role": "assistant",
      "m.0.message.tool_calls.0.tool_call.id": "1",
      "m.0.message.tool_calls.0.tool_call.function.name": "look",
    });
  });

  it("are none without room", () => {
    expect(values([said(1)], 0)).toEqual({});
    expect(values([said(1)], -3)).toEqual({});
  });
});
