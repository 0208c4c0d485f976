import type {
  Attributes,
  HrTime,
  Link,
  SpanContext,
  SpanKind,
  SpanStatus,
} from "@opentelemetry/api";

/** Something that happened during a span, an exception for example. */
export interface FinishedSpanEvent {
  readonly name: string;
  readonly time: HrTime;
  readonly attributes?: Attributes | undefined;
}

/**
 * A span that has ended, as SDK 2 and SDK 3 hand it to processors and exporters (their `ReadableSpan`). It is written
 * down here so that our types name no SDK package: an application may have either SDK, or none.
 */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
  /** Seconds and nanoseconds since 1970. */
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: readonly FinishedSpanEvent[];
  readonly resource: { readonly attributes: Attributes };
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined };
}

/** Names of `SpanKind`, by its number. */
export const KIND_NAMES = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"] as const;

/** Names of `SpanStatusCode`, by its number. */
export const STATUS_NAMES = ["UNSET", "OK", "ERROR"] as const;

/** Milliseconds. */
export function milliseconds([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}
