import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { createTestTelemetry } from "../../../src/testing/index.ts";
import { network, providers } from "../../support/providers.ts";

beforeAll(() => network.listen());
afterEach(() => network.reset());
afterAll(() => network.close());

it("in an agent, which makes OpenAI's class of Azure's, a call is still Azure's", async () => {
  const telemetry = createTestTelemetry();
  const agent = createAgent({ model: providers.azure.create(), tools: [] });
  await agent.invoke({ messages: ["hi"] }, { callbacks: [new OpenTelemetryCallbackHandler()] });
  const [call] = telemetry.spans().filter(({ name }) => name === "gen_ai.chat");
  expect([
    call?.attributes["gen_ai.provider.name"],
    // The class that it makes says a model that nobody asked for.
    call?.attributes["gen_ai.request.model"],
    call?.attributes["gen_ai.response.model"],
  ]).toEqual(["azure.ai.openai", undefined, expect.stringMatching(/^gpt-/)]);
  await telemetry.shutdown();
});
