/**
 * Shows: the callback handler. Pass it to the calls that you want to see, and only those are traced.
 *
 *     node examples/offline.ts node examples/callbacks.ts       (no key, no network)
 *     OPENAI_API_KEY=… node examples/callbacks.ts               (asks OpenAI)
 */
import { ChatOpenAI } from "@langchain/openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { OpenTelemetryCallbackHandler } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";

// Your OpenTelemetry set-up. Here the spans go to the terminal; with `new OTLPTraceExporter()` they go to a back end.
const sdk = new NodeSDK({
  serviceName: "callbacks-example",
  spanProcessors: [new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() })],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

// One handler serves the whole application.
const handler = new OpenTelemetryCallbackHandler({ agentName: "geographer" });
const model = new ChatOpenAI({ model: "gpt-5.4-mini" });

const answer = await model.invoke("What is the capital of France?", { callbacks: [handler] });
console.log(answer.text);

let streamed = "";
const chunks = await model.stream("And how do I plan a trip to Lisbon?", { callbacks: [handler] });
for await (const chunk of chunks) streamed += chunk.text;
console.log(`${streamed}\n`);

// Sends (here: prints) what waits.
await sdk.shutdown();
