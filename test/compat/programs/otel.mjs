export * as api from "@opentelemetry/api";
export * as hooks from "@opentelemetry/context-async-hooks";
export * as instrumentation from "@opentelemetry/instrumentation";
export * as undici from "@opentelemetry/instrumentation-undici";
export * as metrics from "@opentelemetry/sdk-metrics";
export * as trace from "@opentelemetry/sdk-trace";
