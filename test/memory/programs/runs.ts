/**
 * Makes runs, one kind after the other, and prints a line of JSON for each: how much the heap has grown over them and how
 * many are still open. Started with `--expose-gc`: `node --expose-gc runs.ts <kind> <how many> …`.
 */
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, Send, START, StateGraph } from "@langchain/langgraph";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import type { CallbackMethods } from "../../../src/langchain/callbacks.ts";
import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";

let spans = 0;
/** A real SDK whose spans go nowhere: what grows is ours. */
const nowhere: SpanProcessor = {
  onStart: () => {},
  onEnd: () => void (spans += 1),
  forceFlush: async () => {},
  shutdown: async () => {},
};
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [nowhere] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  exportIntervalMillis: 1_000_000,
  exportTimeoutMillis: 1000,
});
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
await new LangChainInstrumentation({ chains: "all" }).ready;

const model = new FakeListChatModel({ responses: ["a"] });
const add = tool(() => "3", { name: "add", schema: { type: "object", properties: {} } });
const chain = RunnableLambda.from((question: string) => question);
const FAN = 50;
const graph = new StateGraph(MessagesAnnotation)
  .addNode("work", () => ({}))
  .addConditionalEdges(START, () =>
    Array.from({ length: FAN }, () => new Send("work", { messages: [] })),
  )
  .compile({ name: "workers" });
/** Lives as long as a server does. */
const living = new AbortController();

const handler = new OpenTelemetryCallbackHandler();
const GRAPH = { id: ["langgraph", "CompiledStateGraph"] };
const NODE = { id: ["langchain", "RunnableSequence"] };
let ids = 0;

/** A graph with a node in it. */
function graphNode(): void {
  const [run, node] = [`run ${(ids += 1)}`, `run ${(ids += 1)}`];
  const metadata = { langgraph_node: "work", langgraph_step: 1, thread_id: run };
  const { handleChainStart, handleChainEnd } = handler as unknown as CallbackMethods;
  handleChainStart(GRAPH, {}, run, undefined, [], { thread_id: run }, undefined, "workers");
  handleChainStart(NODE, {}, node, run, ["graph:step:1"], metadata, undefined, "work");
  handleChainEnd({}, node);
  handleChainEnd({}, run);
}

/** What makes some runs, and how many. */
const kinds: Record<string, [number, () => Promise<unknown>]> = {
  invoke: [1, () => model.invoke("hi")],
  stream: [
    1,
    async () => {
      for await (const _ of await model.stream("hi"));
    },
  ],
  "broken-off stream": [
    1,
    async () => {
      for await (const _ of await model.stream("hi", { signal: living.signal })) break;
    },
  ],
  "forgotten stream": [1, () => model.stream("hi", { signal: living.signal })],
  tool: [1, () => add.invoke({})],
  chain: [1, () => chain.invoke("hi")],
  graph: [FAN, () => graph.invoke({ messages: [] })],
  // LangGraph itself takes ten times as long: here only what it tells handlers.
  "graph node": [1, async () => graphNode()],
};

async function runs([each, make]: [number, () => Promise<unknown>], total: number): Promise<void> {
  for (let at = 0; at < total; at += each) {
    await make();
    // As in any server: finalizers only run between two turns of the event loop.
    if (at % 1000 < each) await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

/** Of what is still reachable when all that can be collected is. */
async function heap(): Promise<number> {
  for (let time = 0; time < 8; time++) {
    globalThis.gc?.();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

const args = process.argv.slice(2);
for (let at = 0; at < args.length; at += 2) {
  const [kind = "", count] = args.slice(at);
  const made = kinds[kind];
  if (made === undefined) throw new Error(`There is no kind ${kind}`);
  // What is compiled and cached once is not growth.
  await runs(made, 2000);
  const before = await heap();
  spans = 0;
  await runs(made, Number(count));
  const grown = (await heap()) - before;
  console.log(JSON.stringify({ kind, grown, open: runRegistry().size, spans }));
}
process.exit();
