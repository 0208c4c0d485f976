import { diag, DiagConsoleLogger, DiagLogLevel } from "@opentelemetry/api";

export * as api from "@opentelemetry/api";
export * as hooks from "@opentelemetry/context-async-hooks";
export * as instrumentation from "@opentelemetry/instrumentation";
export * as undici from "@opentelemetry/instrumentation-undici";
export * as metrics from "@opentelemetry/sdk-metrics";
export * as trace from "@opentelemetry/sdk-trace";

// No program may have anything to complain of.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
