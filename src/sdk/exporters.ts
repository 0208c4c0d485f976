import { diag } from "@opentelemetry/api";

import { protocolFrom, type Signal } from "./endpoint.ts";
import type { LoadedSdk } from "./load-sdk.ts";

/** A span processor or a log record processor of either SDK line; nothing is called on it here. */
export interface ProcessorLike {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * The span processors that the SDK would make from `OTEL_TRACES_EXPORTER` and `OTEL_BSP_*`. The SDK makes its own only
 * when it is given none, so that with one more they have to be made here.
 *
 * @param tree prints each span as it ends, in the place of `console` among the exporters
 */
export function spanProcessors(sdk: LoadedSdk, tree: unknown): ProcessorLike[] {
  const { BatchSpanProcessor, SimpleSpanProcessor, ConsoleSpanExporter } = traceModule(sdk);
  const make = makeWith(sdk);
  const options = batchOptions("OTEL_BSP");
  const processors = exporterNames("traces").flatMap((name) => {
    switch (name) {
      case "otlp":
        return make(BatchSpanProcessor, otlpExporter("traces", sdk), options);
      case "zipkin":
        return make(BatchSpanProcessor, zipkinExporter(sdk), options);
      case "console":
        return tree === undefined ? make(SimpleSpanProcessor, new ConsoleSpanExporter()) : [];
      default:
        return unknownExporter("traces", name);
    }
  });
  return tree === undefined ? processors : [...processors, ...make(SimpleSpanProcessor, tree)];
}

/** The log record processors that the SDK would make from `OTEL_LOGS_EXPORTER` and `OTEL_BLRP_*`. */
export function logRecordProcessors(sdk: LoadedSdk): ProcessorLike[] {
  const { BatchLogRecordProcessor, SimpleLogRecordProcessor, ConsoleLogRecordExporter } =
    sdk.require("@opentelemetry/sdk-logs") as LogsModule;
  const make = makeWith(sdk);
  return exporterNames("logs").flatMap((name) => {
    switch (name) {
      case "otlp":
        return make(BatchLogRecordProcessor, otlpExporter("logs", sdk), batchOptions("OTEL_BLRP"));
      case "console":
        return make(SimpleLogRecordProcessor, new ConsoleLogRecordExporter());
      default:
        return unknownExporter("logs", name);
    }
  });
}

// --- internal ---

type Exporter = new () => object;
type Processor = new (...args: unknown[]) => ProcessorLike;
type Make = (processor: Processor, exporter: unknown, options?: object) => [ProcessorLike];

interface TraceModule {
  readonly BatchSpanProcessor: Processor;
  readonly SimpleSpanProcessor: Processor;
  readonly ConsoleSpanExporter: Exporter;
}

interface LogsModule {
  readonly BatchLogRecordProcessor: Processor;
  readonly SimpleLogRecordProcessor: Processor;
  readonly ConsoleLogRecordExporter: Exporter;
}

/** Since 2.9 the processors take the exporter among the options; before, as an argument. */
function makeWith(sdk: LoadedSdk): Make {
  return isSince2_9(sdk)
    ? (Processor, exporter, options) => [new Processor({ exporter, ...options })]
    : (Processor, exporter, options) => [new Processor(exporter, options)];
}

/** 2.9 brought the package `@opentelemetry/sdk-trace`. */
function isSince2_9(sdk: LoadedSdk): boolean {
  try {
    sdk.require("@opentelemetry/sdk-trace");
    return true;
  } catch {
    return false;
  }
}

function traceModule(sdk: LoadedSdk): TraceModule {
  const name = isSince2_9(sdk) ? "@opentelemetry/sdk-trace" : "@opentelemetry/sdk-trace-base";
  return sdk.require(name) as TraceModule;
}

/** None where `none` is among them, as the SDK has it. */
function exporterNames(signal: Signal): string[] {
  const given = (process.env[`OTEL_${signal.toUpperCase()}_EXPORTER`] ?? "").split(",");
  const names = [...new Set(given.map((name) => name.trim()))].filter((name) => name !== "");
  if (names.includes("none")) return [];
  return names.length === 0 ? ["otlp"] : names;
}

/** Built without arguments, an exporter reads its address and headers from the environment. */
function otlpExporter(signal: "traces" | "logs", sdk: LoadedSdk): object {
  const protocol = protocolFrom(process.env, signal);
  const kind = protocol === "grpc" ? "grpc" : protocol === "http/json" ? "http" : "proto";
  const [name, className] =
    signal === "traces" ? ["trace", "OTLPTraceExporter"] : ["logs", "OTLPLogExporter"];
  const exporters = sdk.require(`@opentelemetry/exporter-${name}-otlp-${kind}`) as Readonly<
    Record<string, Exporter>
  >;
  const Class = exporters[className];
  if (Class === undefined) throw new Error(`There is no ${className} in the installed SDK`);
  return new Class();
}

function zipkinExporter(sdk: LoadedSdk): object {
  const { ZipkinExporter } = sdk.require("@opentelemetry/exporter-zipkin") as {
    ZipkinExporter: Exporter;
  };
  return new ZipkinExporter();
}

function unknownExporter(signal: Signal, name: string): [] {
  diag.warn(
    `langchain-otel: there is no exporter "${name}" (OTEL_${signal.toUpperCase()}_EXPORTER)`,
  );
  return [];
}

function batchOptions(prefix: "OTEL_BSP" | "OTEL_BLRP"): Readonly<Record<string, number>> {
  const options = {
    maxQueueSize: aboveZero(`${prefix}_MAX_QUEUE_SIZE`),
    maxExportBatchSize: aboveZero(`${prefix}_MAX_EXPORT_BATCH_SIZE`),
    scheduledDelayMillis: aboveZero(`${prefix}_SCHEDULE_DELAY`),
    exportTimeoutMillis: aboveZero(`${prefix}_EXPORT_TIMEOUT`),
  };
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Record<string, number>;
}

function aboveZero(variable: string): number | undefined {
  const value = Number(process.env[variable]?.trim() || "none");
  return value > 0 ? value : undefined;
}
