/**
 * `langchain-otel/testing`: tests of what an application traces and measures.
 */
export type { FinishedSpan, FinishedSpanEvent } from "../console/finished-span.ts";
export type { EmittedLog } from "./log-collector.ts";
export type {
  TestHistogramPoint,
  TestMetric,
  TestMetricPoint,
  TestValuePoint,
} from "./metric-collector.ts";
export type { LoggerProviderLike, Stoppable } from "./sdk-types.ts";
export { type SnapshotSerializer, spanSnapshotSerializer } from "./span-snapshot-serializer.ts";
export { type SpanNode, spanTree } from "./span-tree.ts";
export {
  createTestTelemetry,
  type TestSampler,
  type TestSpanProcessor,
  type TestTelemetry,
  type TestTelemetryOptions,
} from "./test-telemetry.ts";
