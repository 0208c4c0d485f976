import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace";
import { LangChainInstrumentation } from "langchain-otel";
import { ConsoleTreeExporter } from "langchain-otel/console";

/** A metric as the SDK collects it. */
export type Metrics = ReturnType<InMemoryMetricExporter["getMetrics"]>;

/** Spans as the SDK keeps them. */
export type Spans = ReturnType<InMemorySpanExporter["getFinishedSpans"]>;

export interface DemoTelemetry {
  /** Prints the trace, and gives its spans and the metrics. */
  finish(): Promise<{ readonly spans: Spans; readonly metrics: Metrics }>;
}

/** What a program does to be traced; yours would have an exporter to a back end in the place of the console. */
export function startDemoTelemetry(): DemoTelemetry {
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const spans = new InMemorySpanExporter();
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const sdk = new NodeSDK({
    serviceName: "trip-planner",
    autoDetectResources: false,
    instrumentations: [new LangChainInstrumentation(), new UndiciInstrumentation()],
    // In a batch, so that the tree is printed once, at the end.
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new ConsoleTreeExporter() }),
      new SimpleSpanProcessor({ exporter: spans }),
    ],
    metricReaders: [reader],
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    async finish() {
      await reader.forceFlush();
      const collected = { spans: [...spans.getFinishedSpans()], metrics: metrics.getMetrics() };
      await sdk.shutdown();
      return collected;
    },
  };
}
