import { protocolFrom } from "./endpoint.ts";
import type { LoadedSdk } from "./load-sdk.ts";

/** A span processor of either SDK line; nothing is called on it here. */
export interface SpanProcessorLike {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * The span processors that the SDK would make from `OTEL_TRACES_EXPORTER` and `OTEL_BSP_*`, and one that gives each span
 * to `exporter` as it ends. The SDK makes its own only when it is given none, so that with one more they have to be
 * made here.
 */
export function spanProcessorsWith(exporter: unknown, sdk: LoadedSdk): SpanProcessorLike[] {
  const classes = traceClasses(sdk);
  const processors = exporterNames()
    .map((name) => spanExporter(name, sdk))
    .filter((each) => each !== undefined)
    .map((each) => classes.batch(each));
  return [...processors, classes.simple(exporter)];
}

// --- internal ---

type Exporter = new () => unknown;
type Processor = new (...args: unknown[]) => SpanProcessorLike;

interface TraceModule {
  readonly BatchSpanProcessor: Processor;
  readonly SimpleSpanProcessor: Processor;
}

/** `@opentelemetry/sdk-trace` takes the exporter among the options; `sdk-trace-base`, before 2.9, as an argument. */
function traceClasses(sdk: LoadedSdk): {
  batch(exporter: unknown): SpanProcessorLike;
  simple(exporter: unknown): SpanProcessorLike;
} {
  try {
    const { BatchSpanProcessor, SimpleSpanProcessor } = sdk.require(
      "@opentelemetry/sdk-trace",
    ) as TraceModule;
    return {
      batch: (exporter) => new BatchSpanProcessor({ exporter, ...batchOptions() }),
      simple: (exporter) => new SimpleSpanProcessor({ exporter }),
    };
  } catch {
    // An SDK before 2.9.
    const { BatchSpanProcessor, SimpleSpanProcessor } = sdk.require(
      "@opentelemetry/sdk-trace-base",
    ) as TraceModule;
    return {
      batch: (exporter) => new BatchSpanProcessor(exporter, batchOptions()),
      simple: (exporter) => new SimpleSpanProcessor(exporter),
    };
  }
}

function exporterNames(): string[] {
  const names = (process.env["OTEL_TRACES_EXPORTER"] ?? "").split(",").map((name) => name.trim());
  const given = [...new Set(names)].filter((name) => name !== "");
  return given.length === 0 ? ["otlp"] : given;
}

/** Built without arguments, an exporter reads its address and headers from the environment. */
function spanExporter(name: string, sdk: LoadedSdk): unknown {
  switch (name) {
    case "otlp": {
      const { OTLPTraceExporter } = sdk.require(
        otlpPackage(protocolFrom(process.env, "traces")),
      ) as { OTLPTraceExporter: Exporter };
      return new OTLPTraceExporter();
    }
    case "zipkin": {
      const { ZipkinExporter } = sdk.require("@opentelemetry/exporter-zipkin") as {
        ZipkinExporter: Exporter;
      };
      return new ZipkinExporter();
    }
    default:
      // "none", and "console", which the tree takes the place of.
      return undefined;
  }
}

function otlpPackage(protocol: string): string {
  const kind = protocol === "grpc" ? "grpc" : protocol === "http/json" ? "http" : "proto";
  return `@opentelemetry/exporter-trace-otlp-${kind}`;
}

function batchOptions(): Readonly<Record<string, number>> {
  const options = {
    maxQueueSize: aboveZero("OTEL_BSP_MAX_QUEUE_SIZE"),
    maxExportBatchSize: aboveZero("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
    scheduledDelayMillis: aboveZero("OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeoutMillis: aboveZero("OTEL_BSP_EXPORT_TIMEOUT"),
  };
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Record<string, number>;
}

function aboveZero(variable: string): number | undefined {
  const value = Number(process.env[variable]?.trim() || "none");
  return value > 0 ? value : undefined;
}
