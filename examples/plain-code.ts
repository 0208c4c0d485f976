/**
 * Shows: spans for code of your own, which LangChain does not know of, and for a provider's own client. They stand in one
 * tree with LangChain's runs.
 *
 *     node examples/offline.ts node examples/plain-code.ts       (no key, no network)
 *     OPENAI_API_KEY=… node examples/plain-code.ts               (asks OpenAI)
 */
import { ChatOpenAI } from "@langchain/openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { LangChainInstrumentation } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";
import { traced, wrap } from "langchain-otel/trace";
import OpenAI from "openai";

const instrumentation = new LangChainInstrumentation();
const sdk = new NodeSDK({
  serviceName: "plain-code-example",
  instrumentations: [instrumentation],
  spanProcessors: [new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() })],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();
await instrumentation.ready;

// All methods of an object: `cache.get` and `cache.set`.
const store = new Map<string, string>();
const cache = wrap(store, { name: "cache", include: ["get", "set"] });

// A provider's own client: what asks a model has the span and the tokens of one.
const openai = wrap(new OpenAI(), { kind: "llm" });

// A function: what it is decides on its span.
const search = traced("retrieval", "notes", async (query: string) => {
  const known = cache.get(query);
  if (known !== undefined) return [known];
  const found = `Notes on ${query}`;
  cache.set(query, found);
  return [found];
});

// An agent, with the tokens of all models that are asked inside, whoever asks them.
const geographer = traced("agent", "geographer", async (question: string) => {
  await search(question);
  const model = new ChatOpenAI({ model: "gpt-5.4-mini" });
  const answer = await model.invoke(question);
  const stream = await openai.chat.completions.create({
    model: "gpt-5.4-mini",
    messages: [{ role: "user", content: "And how do I plan a trip to Lisbon?" }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let trip = "";
  for await (const chunk of stream) trip += chunk.choices[0]?.delta.content ?? "";
  return `${answer.text}\n${trip}`;
});

console.log(await geographer("What is the capital of France?"));
console.log();

await sdk.shutdown();
