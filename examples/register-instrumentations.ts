/**
 * Shows: the instrumentation. Registered once, it traces every model call of the process; no call has to be changed.
 * Beside it stands the instrumentation of `fetch`: each HTTP request becomes a child of the model call that made it.
 *
 *     node examples/offline.ts node examples/register-instrumentations.ts       (no key, no network)
 *     OPENAI_API_KEY=… node examples/register-instrumentations.ts               (asks OpenAI)
 */
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { LangChainInstrumentation } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";

// LangChain may be imported before or after this.
registerInstrumentations({
  instrumentations: [new LangChainInstrumentation(), new UndiciInstrumentation()],
});
const sdk = new NodeSDK({
  serviceName: "instrumentations-example",
  spanProcessors: [new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() })],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const prompt = ChatPromptTemplate.fromTemplate("What is {topic}?");
const chain = prompt.pipe(new ChatOpenAI({ model: "gpt-5.4-mini" }));

// A span of your own: what happens inside is in the same trace, below it.
await trace.getTracer("quiz").startActiveSpan("quiz", async (span) => {
  for (const topic of ["the capital of France", "the weather like in Lisbon"]) {
    const answer = await chain.invoke({ topic });
    console.log(answer.text);
  }
  span.end();
});
console.log();

await sdk.shutdown();
