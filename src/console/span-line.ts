import { type FinishedSpan, KIND_NAMES, milliseconds, STATUS_NAMES } from "./finished-span.ts";
import type { SpanRow } from "./span-row.ts";

/** A span as `key=value` pairs on one line, the ones of fixed width first so that they stand under each other. */
export function spanLine(row: SpanRow): string {
  const pairs: [string, string | number | undefined][] = [
    ["trace", row.traceId],
    ["span", row.spanId],
    ["parent", (row.parentId ?? "-").padEnd(16)],
    ["duration", `${row.durationMs.toFixed(1)}ms`.padEnd(9)],
    ["status", row.status.padEnd(5)],
    ["name", JSON.stringify(row.name)],
    ["outcome", row.outcome],
    ["agent", row.agent === undefined ? undefined : JSON.stringify(row.agent)],
    ["model", row.model === undefined ? undefined : JSON.stringify(row.model)],
    ["input", row.inputTokens],
    ["output", row.outputTokens],
    ["cache_read", row.cacheReadTokens || undefined],
    ["cache_write", row.cacheWriteTokens || undefined],
    ["cost_usd", row.costUsd === undefined ? undefined : plainNumber(row.costUsd)],
    ["pricing_missing", row.pricingMissing ? "true" : undefined],
    [
      "first_chunk",
      row.firstChunkMs === undefined ? undefined : `${row.firstChunkMs.toFixed(1)}ms`,
    ],
    ["failure", row.failure === undefined ? undefined : JSON.stringify(row.failure)],
  ];
  const known = pairs.filter(([, value]) => value !== undefined);
  return `${known.map(([key, value]) => `${key}=${value}`).join(" ")}\n`;
}

/** A span with all it has as one JSON object on one line; times in ISO 8601, the duration in milliseconds. */
export function spanJson(span: FinishedSpan): string {
  const { traceId, spanId } = span.spanContext();
  const object = {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId,
    name: span.name,
    kind: KIND_NAMES[span.kind],
    start_time: isoTime(span.startTime),
    end_time: isoTime(span.endTime),
    duration_ms: milliseconds(span.duration),
    status: STATUS_NAMES[span.status.code],
    status_message: span.status.message,
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: isoTime(time),
      attributes,
    })),
    links: span.links.map(({ context, attributes }) => ({
      trace_id: context.traceId,
      span_id: context.spanId,
      attributes,
    })),
    scope: span.instrumentationScope.name,
    resource: span.resource.attributes,
  };
  return `${terminalSafe(JSON.stringify(object))}\n`;
}

// --- internal ---

/** To the billionth of a dollar, and never as `1e-7`. */
function plainNumber(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, "");
}

function isoTime(time: FinishedSpan["startTime"]): string {
  return new Date(milliseconds(time)).toISOString();
}

/** JSON leaves some characters as they are that a terminal obeys; they can only stand inside strings. */
function terminalSafe(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
