/**
 * Shows: gate and recordEvaluation. A refund passes a policy and waits for a person; a second one is blocked by the
 * policy, and is not red; then somebody says how good the answer was.
 *
 *     node examples/gates.ts
 */
import { Annotation, Command, interrupt, MemorySaver, StateGraph } from "@langchain/langgraph";
import { trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { LangChainInstrumentation } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";
import { gate, recordEvaluation, withRootSpan } from "langchain-otel/trace";

const sdk = new NodeSDK({
  serviceName: "gates-example",
  instrumentations: [new LangChainInstrumentation()],
  spanProcessors: [new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() })],
  metricReaders: [],
  logRecordProcessors: [
    {
      onEmit: ({ eventName, attributes }) => console.log(eventName, attributes),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ],
});
sdk.start();

const State = Annotation.Root({ euros: Annotation<number>, answer: Annotation<string> });

const refunds = new StateGraph(State)
  .addNode("decide", ({ euros }) => {
    const policy = gate("refund policy", () => ({
      allowed: euros <= 100,
      reason: euros <= 100 ? "small enough" : "more than 100 euros",
      uncertainty: 0,
    }));
    if (!policy.allowed) return { answer: `No: ${policy.reason}` };
    // It stops here, and is run again with the answer.
    const approved = gate("approval", () => interrupt(`Refund ${euros} euros?`) === "yes");
    return { answer: approved ? "Done" : "No: not approved" };
  })
  .addEdge("__start__", "decide")
  .compile({ checkpointer: new MemorySaver(), name: "refunds" });

const small = { configurable: { thread_id: "small" } };
await refunds.invoke({ euros: 20 }, small);
const { answer } = await refunds.invoke(new Command({ resume: "yes" }), small);
console.log(answer);

await withRootSpan("large refund", async () => {
  const large = { configurable: { thread_id: "large" } };
  const refused = await refunds.invoke({ euros: 2000 }, large);
  console.log(refused.answer);
  const span = trace.getActiveSpan();
  recordEvaluation({ name: "politeness", score: 0.2, label: "curt", ...(span && { span }) });
});

await sdk.shutdown();
