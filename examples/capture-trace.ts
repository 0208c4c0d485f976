/**
 * Shows: captureTrace. The trace of one answer as plain JSON, as an application gives it back beside the answer. There is
 * no SDK here, no handler and no instrumentation.
 *
 *     node examples/offline.ts node examples/capture-trace.ts
 */
import { ChatOpenAI } from "@langchain/openai";
import { captureTrace, InMemoryCollector, traceUrl, withRootSpan } from "langchain-otel/trace";

const model = new ChatOpenAI({ model: "gpt-5.4-mini" });
const collector = new InMemoryCollector();

const { result, trace } = await captureTrace(
  () => withRootSpan("GET /capital", () => model.invoke("What is the capital of France?")),
  { agent: "geographer", collector },
);
console.log(result.text);
console.log(JSON.stringify(trace, null, 2));

// It was sent nowhere; had it been, with an SDK or by `new OtlpCollector()`, this is where it is:
console.log(traceUrl({ backend: "jaeger", traceId: trace.trace_id }));

// Several at once do not get into each other's way.
const answers = await Promise.all(
  ["Paris", "Lisbon", "Rome"].map((city) =>
    captureTrace(() => model.invoke(`What is worth seeing in ${city}?`), {
      agent: city,
      collector,
    }),
  ),
);
for (const { trace: each } of answers)
  console.log(`${each.agent}: ${each.spans.map(({ name }) => name).join(", ")}`);
console.log(`${collector.size} traces are kept`);
