import { type Attributes, type HrTime, SpanKind } from "@opentelemetry/api";

import { VERSION } from "../../version.ts";
import {
  type CapturedSpan,
  type CapturedTrace,
  detailsOf,
  type SpanDetails,
} from "../capture/captured-trace.ts";

/**
 * The body of an OTLP/HTTP request with those traces, as JSON: with their own ids, parents and times. Spans that have not
 * ended are left out, as everywhere in OpenTelemetry. A trace that was read from a file has no kinds and no events any more.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function otlpJson(traces: readonly CapturedTrace[], resource: Attributes): object {
  const spans = traces.flatMap(({ trace_id: traceId, spans: captured }) =>
    captured.flatMap((span) => (span.end_time === null ? [] : [otlpSpan(traceId, span)])),
  );
  const scope = { name: "langchain-otel", version: VERSION };
  return {
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope, spans }] },
    ],
  };
}

// --- internal ---

const STATUS_CODES = { UNSET: 0, OK: 1, ERROR: 2 } as const;

function otlpSpan(traceId: string, span: CapturedSpan): object {
  const known = detailsOf(span) ?? parsed(span);
  const { status_message: message, parent_span_id: parent } = span;
  return {
    traceId,
    spanId: span.span_id,
    ...(parent === null ? {} : { parentSpanId: parent }),
    name: span.name,
    // OTLP begins to count at 1.
    kind: known.kind + 1,
    startTimeUnixNano: nanos(known.startTime),
    endTimeUnixNano: nanos(known.endTime ?? known.startTime),
    attributes: keyValues(span.attributes),
    events: known.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: nanos(time),
      attributes: keyValues(attributes),
    })),
    links: known.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: keyValues(attributes ?? {}),
    })),
    status: { code: STATUS_CODES[span.status], ...(message === undefined ? {} : { message }) },
  };
}

function parsed({ start_time: start, duration_ms: duration }: CapturedSpan): SpanDetails {
  const ms = Date.parse(start);
  return {
    kind: SpanKind.INTERNAL,
    startTime: timeAt(ms, 0),
    endTime: timeAt(ms, duration ?? 0),
    events: [],
    links: [],
  };
}

function timeAt(ms: number, plusMs: number): HrTime {
  const total = BigInt(ms) * 1_000_000n + BigInt(Math.round(plusMs * 1e6));
  return [Number(total / 1_000_000_000n), Number(total % 1_000_000_000n)];
}

function nanos([seconds, rest]: HrTime): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(rest)));
}

function keyValues(attributes: Attributes | CapturedSpan["attributes"]): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: unknown): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return {};
}
