/**
 * Shows: KeepInterestingSpanProcessor. A shop answers a hundred questions; all are measured, but only the traces that
 * somebody will want to look at are kept: the one that failed, the one that took long, the one that was blocked.
 *
 *     node examples/keep-interesting.ts
 *
 * With `ratio: 0.1` about ten of the others would be kept too.
 */
import { setTimeout } from "node:timers/promises";

import { RunnableLambda } from "@langchain/core/runnables";
import { type Span, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { OpenTelemetryCallbackHandler } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";
import { KeepInterestingSpanProcessor } from "langchain-otel/processors";

const sdk = new NodeSDK({
  serviceName: "keep-interesting-example",
  spanProcessors: [
    new KeepInterestingSpanProcessor(
      new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() }),
      { ratio: 0, minDurationMs: 1000 },
    ),
  ],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const callbacks = [new OpenTelemetryCallbackHandler()];
const answer = RunnableLambda.from(async (question: number) => {
  if (question === 17) throw new TypeError("stock is not defined");
  if (question === 42) await setTimeout(1100);
  return `Answer ${question}`;
}).withConfig({ runName: "answer", callbacks });

for (let question = 1; question <= 100; question += 1) {
  await inSpan("shop.question", async (span) => {
    if (question !== 99) return answer.invoke(question);
    // What a gate of this package says of itself.
    span.setAttribute("langchain.gate.verdict", "blocked");
    return "I may not answer that.";
  }).catch(() => {});
}

await sdk.shutdown();

/** The span of a request, as a web framework's instrumentation would make it. */
async function inSpan<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer("shop").startActiveSpan(name, async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}
