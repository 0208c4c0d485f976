import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { network, type ProviderId, providers } from "../support/providers.ts";
import { checkSpan } from "../support/semconv/check-span.ts";

let telemetry: TestTelemetry;
beforeAll(async () => {
  telemetry = createTestTelemetry();
  await network.listen();
});
afterEach(() => {
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

/** Settings that a request has only when the application wants them. */
const SETTINGS =
  /^gen_ai\.request\.(?:temperature|max_tokens|top_[kp]|stop_sequences|\w+_penalty)$/;

/** What a provider does not answer, or its LangChain package keeps to itself. */
const UNTOLD: Readonly<Partial<Record<ProviderId, readonly string[]>>> = {
  "openai-responses": ["openai.response.system_fingerprint"],
  // Addresses that only the model itself knows: the instrumentation asks it.
  google: ["server.address"],
  "google-vertex": ["server.address"],
  "google-genai": ["gen_ai.response.id", "gen_ai.response.model"],
  bedrock: ["gen_ai.response.id", "gen_ai.response.model", "aws.bedrock.knowledge_base.id"],
  cohere: ["gen_ai.response.model"],
  mistral: ["gen_ai.response.id"],
  ollama: ["server.address", "gen_ai.response.id"],
};

describe.each(["1.41", "next"] as const)("with %s", (version) => {
  it.each(Object.values(providers))("$id has all that is recommended", async (provider) => {
    const handler = new OpenTelemetryCallbackHandler({ semconv: version, spanNames: "semconv" });
    await provider.create().invoke("hi", { callbacks: [handler] });
    const missing = telemetry
      .spans()
      .flatMap((span) => checkSpan(version, span))
      .filter(({ rule }) => rule === "recommended")
      .map(({ attribute = "" }) => attribute)
      .filter((attribute) => !SETTINGS.test(attribute) && !attribute.includes(".cache_"));
    expect(missing).toEqual(UNTOLD[provider.id] ?? []);
  });
});
