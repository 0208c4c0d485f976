// Leaves a stream half read; its own SDK flushes when there is nothing more to do.
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
);
process.once("beforeExit", () => {
  const spans = exporter.getFinishedSpans();
  console.log(
    JSON.stringify(
      spans.map(({ name, attributes }) => [name, attributes["langchain.run.outcome"]]),
    ),
  );
});

const { LangChainInstrumentation } = await import(process.env.ENTRY);
await new LangChainInstrumentation().ready;

const stream = await new FakeListChatModel({ responses: ["Hello"] }).stream("Hi");
await stream.next();
globalThis.kept = stream;
