import type { Attributes, HrTime } from "@opentelemetry/api";

import type { FinishedSpan } from "../../src/console/index.ts";

export interface SpanSketch {
  readonly name: string;
  /** @default the ordinal number */
  readonly id?: string;
  readonly parent?: string;
  readonly remote?: boolean;
  readonly trace?: string;
  /** Milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly kind?: number;
  readonly attributes?: Attributes;
  /** Makes it an error. */
  readonly error?: string;
  readonly links?: FinishedSpan["links"];
  readonly events?: FinishedSpan["events"];
}

export const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A span as the SDK would hand it over, made from what matters in a test. */
export function finishedSpan(sketch: SpanSketch): FinishedSpan {
  const { name, id = "1", parent, remote, trace = TRACE, from = 0, to = from, error } = sketch;
  const traceId = trace.padStart(32, "0");
  const context = (spanId: string): ReturnType<FinishedSpan["spanContext"]> => ({
    traceId,
    spanId: spanId.padStart(16, "0"),
    traceFlags: 1,
  });
  return {
    name,
    kind: sketch.kind ?? 0,
    spanContext: () => context(id),
    ...(parent !== undefined && {
      parentSpanContext: { ...context(parent), ...(remote && { isRemote: true }) },
    }),
    startTime: time(from),
    endTime: time(to),
    duration: [Math.floor((to - from) / 1000), Math.round(((to - from) % 1000) * 1e6)],
    status: error === undefined ? { code: 0 } : { code: 2, message: error },
    attributes: sketch.attributes ?? {},
    links: sketch.links ?? [],
    events: sketch.events ?? [],
    resource: { attributes: { "service.name": "shop" } },
    instrumentationScope: { name: "langchain-otel", version: "1" },
  };
}

/** 2026-01-01 and so many milliseconds. */
function time(ms: number): HrTime {
  const at = Date.UTC(2026, 0, 1) + ms;
  return [Math.floor(at / 1000), Math.round((at % 1000) * 1e6)];
}
