/**
 * Shows: a snapshot test of what a program traces, in Vitest (Jest's looks the same). The spans stand in the test as a
 * tree; ids, times and ports are placeholders, so that it is the same in every run.
 *
 *     npx vitest run examples/snapshot.test.ts       (no key, no network)
 */
import { ChatOpenAI } from "@langchain/openai";
import { trace } from "@opentelemetry/api";
import { LangChainInstrumentation } from "langchain-otel";
import { createTestTelemetry, spanSnapshotSerializer } from "langchain-otel/testing";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { type ProviderServer, startProviderServer } from "./demo/provider-server.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

// Keeps spans and metrics in memory. `LangChainInstrumentation` finds it as it would find a real set-up.
const telemetry = createTestTelemetry();
const instrumentation = new LangChainInstrumentation();
let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer({ pace: 0 });
});
afterEach(async () => {
  telemetry.reset();
  await server.close();
});
afterAll(() => {
  instrumentation.disable();
  telemetry.shutdown();
});

/** The program under test. */
async function capitalOf(country: string): Promise<string> {
  return trace.getTracer("quiz").startActiveSpan("quiz", async (span) => {
    const model = new ChatOpenAI({
      model: "gpt-5.4-mini",
      apiKey: "none",
      configuration: { baseURL: `${server.url}/v1` },
    });
    const answer = await model.invoke(`What is the capital of ${country}?`);
    span.end();
    return answer.text;
  });
}

test("a question is one model call, below the quiz", async () => {
  expect(await capitalOf("France")).toBe("The capital of France is Paris.");

  expect(telemetry.tree()).toMatchInlineSnapshot(`
    quiz INTERNAL
    └─ gen_ai.chat CLIENT
          gen_ai.operation.name: "chat"
          gen_ai.provider.name: "openai"
          gen_ai.request.model: "gpt-5.4-mini"
          gen_ai.response.finish_reasons: ["stop"]
          gen_ai.response.id: "chatcmpl-demo1"
          gen_ai.response.model: "gpt-5.4-mini"
          gen_ai.usage.cache_creation.input_tokens: 1408
          gen_ai.usage.cache_read.input_tokens: 0
          gen_ai.usage.input_tokens: 1430
          gen_ai.usage.output_tokens: 73
          gen_ai.usage.reasoning.output_tokens: 64
          langchain.cost.usd: 0.001401
          langchain.run.id: <run-id>
          openai.api.type: "chat_completions"
          openai.response.system_fingerprint: "fp_demo"
          server.address: "127.0.0.1"
          server.port: <port>
  `);
});

test("a question's tokens are counted, the cached ones too", async () => {
  await capitalOf("France");

  const metrics = await telemetry.metrics();
  const usage = metrics.find(({ name }) => name === "gen_ai.client.token.usage");
  const tokens = usage?.points.map((point) => [
    point.attributes["gen_ai.token.type"],
    "sum" in point ? point.sum : point.value,
  ]);
  expect(tokens).toEqual([
    ["cache_creation", 1408],
    ["input", 1430],
    ["output", 73],
  ]);
});
