import { type HrTime, type Link, type SpanKind, SpanStatusCode } from "@opentelemetry/api";

import { ASSOCIATION } from "../../semconv/association.ts";
import { GEN_AI } from "../../semconv/gen-ai.ts";
import type { RecordedEvent, RecordedSpan } from "./recorded-span.ts";
import type { SpanRecorder } from "./span-recorder.ts";

/** A trace as plain JSON: `JSON.parse(JSON.stringify(trace))` is equal to it. */
export interface CapturedTrace {
  /** 32 hexadecimal digits; the application's own trace where it has an SDK. */
  readonly trace_id: string;
  /** As given, else the name of the first agent. Absent: there is none. */
  readonly agent?: string;
  /** As given, else the session or conversation of the first span that has one. Absent: there is none. */
  readonly session?: string;
  /** In the order in which they have started. */
  readonly spans: readonly CapturedSpan[];
}

export interface CapturedSpan {
  readonly name: string;
  /** 16 hexadecimal digits. */
  readonly span_id: string;
  /** `null` at the top. Of the first spans it may be a span that the work was started in and that is not captured. */
  readonly parent_span_id: string | null;
  /** ISO 8601, UTC, to the millisecond. */
  readonly start_time: string;
  /** `null`: it had not ended when the work was over. */
  readonly end_time: string | null;
  /** Milliseconds, with fractions; `null` as `end_time`. */
  readonly duration_ms: number | null;
  readonly attributes: Readonly<Record<string, CapturedValue>>;
  /** `UNSET` is a span that has not failed. */
  readonly status: "UNSET" | "OK" | "ERROR";
  /** Of a span that has failed: why, in one line without secrets. */
  readonly status_message?: string;
}

export type CapturedValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean | null)[];

/** What spans have beside, for those who pass them on. Not a part of the JSON: a trace that comes from a file has none. */
export interface SpanDetails {
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly endTime: HrTime | undefined;
  readonly events: readonly RecordedEvent[];
  readonly links: readonly Link[];
}

export function capturedTrace(
  recorder: SpanRecorder,
  {
    agent,
    session,
  }: { readonly agent?: string | undefined; readonly session?: string | undefined },
): CapturedTrace {
  // Before it is closed, when it forgets.
  const { traceId } = recorder;
  const recorded = recorder.close();
  const first = (name: string): string | undefined => firstText(recorded, name);
  const ofAgent = agent ?? first(GEN_AI.agentName);
  const ofSession = session ?? first(ASSOCIATION.sessionId) ?? first(GEN_AI.conversationId);
  return {
    trace_id: traceId,
    ...(ofAgent === undefined ? {} : { agent: ofAgent }),
    ...(ofSession === undefined ? {} : { session: ofSession }),
    spans: recorded.map(capturedSpan),
  };
}

/** Known while the process that has captured it holds it. */
export function detailsOf(span: CapturedSpan): SpanDetails | undefined {
  return details.get(span);
}

// --- internal ---

const details = new WeakMap<CapturedSpan, SpanDetails>();

const STATUS = {
  [SpanStatusCode.UNSET]: "UNSET",
  [SpanStatusCode.OK]: "OK",
  [SpanStatusCode.ERROR]: "ERROR",
} as const;

function capturedSpan(span: RecordedSpan): CapturedSpan {
  const { startTime, endTime, kind, status } = span;
  const plain: CapturedSpan = {
    name: span.name,
    span_id: span.spanContext().spanId,
    parent_span_id: span.parentSpanId ?? null,
    start_time: iso(startTime),
    end_time: endTime === undefined ? null : iso(endTime),
    duration_ms: endTime === undefined ? null : msBetween(startTime, endTime),
    attributes: plainAttributes(span),
    status: STATUS[status.code],
    ...(status.message === undefined || status.message === ""
      ? {}
      : { status_message: status.message }),
  };
  details.set(plain, {
    kind,
    startTime,
    endTime,
    events: [...span.events],
    links: [...span.links],
  });
  return plain;
}

/** What JSON has no number for is left out. */
function plainAttributes({ attributes }: RecordedSpan): Record<string, CapturedValue> {
  const plain: Record<string, CapturedValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) continue;
    plain[name] = Array.isArray(value)
      ? value.map((item) =>
          item === undefined || (typeof item === "number" && !Number.isFinite(item)) ? null : item,
        )
      : (value as string | number | boolean);
  }
  return plain;
}

function firstText(spans: readonly RecordedSpan[], name: string): string | undefined {
  for (const { attributes } of spans) {
    const value = attributes[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}

function iso([seconds, nanos]: HrTime): string {
  return new Date(seconds * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

function msBetween(start: HrTime, end: HrTime): number {
  return (end[0] - start[0]) * 1000 + (end[1] - start[1]) / 1e6;
}
