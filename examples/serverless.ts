/**
 * Shows: a serverless function. The platform freezes the process as soon as the function has answered, with all that
 * waits to be sent still in it; so the function sends it before it answers.
 *
 *     OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node examples/offline.ts node examples/serverless.ts
 *
 * Without a receiver, `OTEL_EXPORTER_OTLP_ENDPOINT=` (set to nothing) switches the telemetry off.
 */
import { ChatOpenAI } from "@langchain/openai";
import { startTelemetry } from "langchain-otel/sdk";

// Once per instance of the function, not once per call.
const telemetry = startTelemetry({ serviceName: "capital-function" });
const model = new ChatOpenAI({ model: "gpt-5.4-mini" });

export async function handler(event: { country: string }): Promise<{ body: string }> {
  try {
    const answer = await model.invoke(`What is the capital of ${event.country}?`);
    return { body: answer.text };
  } finally {
    // Never throws: an answer is not lost because its telemetry is.
    await telemetry.forceFlush();
  }
}

// The platform's part, when this file is run by hand: call the function, then stop without any more work.
if (import.meta.main) {
  const { body } = await handler({ country: "France" });
  console.log(body);
  process.exit();
}
