/**
 * `langchain-otel/trace`: spans of one's own round an application's code, and traces in the application's own hands.
 */
export type { CallKind } from "./calls/plan.ts";
export { captureTrace, type Captured, type CaptureTraceOptions } from "./capture-trace.ts";
export type { CapturedSpan, CapturedTrace, CapturedValue } from "./capture/captured-trace.ts";
export {
  InMemoryCollector,
  type InMemoryCollectorOptions,
  type TraceFilter,
} from "./collectors/in-memory-collector.ts";
export { OtlpCollector, type OtlpCollectorOptions } from "./collectors/otlp-collector.ts";
export { StdoutCollector } from "./collectors/stdout-collector.ts";
export type { TraceCollector } from "./collectors/trace-collector.ts";
export { gate } from "./gate.ts";
export type { GateDecision } from "./gate-decision.ts";
export type { TracedOptions, WrapOptions } from "./options.ts";
export { type EvaluationResult, recordEvaluation } from "./record-evaluation.ts";
export { type RootSpanOptions, withRootSpan } from "./root-span.ts";
export { type TraceBackend, traceUrl, type TraceUrlOptions } from "./trace-url.ts";
export { type AnyFunction, traced, type TracedDecorator } from "./traced.ts";
export { wrap } from "./wrap.ts";
