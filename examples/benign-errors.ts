/**
 * Shows: BenignErrorSpanProcessor. Some errors are none: LangGraph throws to wait for a person, and a user who presses
 * "stop" aborts a request. Code that marks every span with an exception as failed makes them red. The processor takes
 * the red off such spans, and leaves real failures alone.
 *
 *     node examples/benign-errors.ts
 *
 * Take the processor out of `spanProcessors`, and the other three say "error".
 */
import { setTimeout } from "node:timers/promises";

import { interrupt, MemorySaver, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { BenignErrorSpanProcessor } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";

const sdk = new NodeSDK({
  serviceName: "benign-errors-example",
  spanProcessors: [
    new BenignErrorSpanProcessor({
      // A rule of our own, beside the default ones.
      rules: [{ name: "sold-out", spanName: "shop.", exceptionType: "SoldOutError" }],
    }),
    new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() }),
  ],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

class SoldOutError extends Error {
  override name = "SoldOutError";
}

await inSpan("a day in the shop", async () => {
  // 1. A graph that waits for a person: `interrupt()` throws GraphInterrupt. Benign.
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("approval", () =>
      inSpan("graph.approval", () => ({ messages: interrupt("May I send it?") })),
    )
    .addEdge("__start__", "approval")
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ messages: [] }, { configurable: { thread_id: "1" } });

  // 2. A user who presses "stop". Benign.
  const stop = new AbortController();
  const answer = inSpan("shop.answer", () => setTimeout(60_000, "", { signal: stop.signal }));
  stop.abort();
  await answer.catch(() => {});

  // 3. What the rule above says. Benign.
  await inSpan("shop.order", () => {
    throw new SoldOutError("No tickets left");
  }).catch(() => {});

  // 4. A real failure, which stays one.
  await inSpan("shop.pay", () => {
    throw new TypeError("card is not defined");
  }).catch(() => {});
});

await sdk.shutdown();

/** What many applications have somewhere: a span round a function, failed whenever the function throws. */
async function inSpan<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  return trace.getTracer("shop").startActiveSpan(name, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}
