import { type Attributes, type Span, trace } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";

import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { checkSpan } from "./check-span.ts";
import { found } from "./findings.ts";

/**
 * Compares spans with the registry as they end, and keeps none.
 *
 * @param isTool whether the span above is a tool's call
 */
export function checkingProcessor(
  version: SemconvVersion,
  isTool: (above: Span | undefined) => boolean,
): SpanProcessor {
  const starts = new WeakMap<object, { attributes: Attributes; above: Span | undefined }>();
  return {
    onStart(span, parent) {
      starts.set(span, { attributes: { ...span.attributes }, above: trace.getSpan(parent) });
    },
    onEnd(span) {
      const start = starts.get(span);
      const { name, kind, status, attributes, events } = span;
      const checked = {
        name,
        kind,
        status,
        attributes,
        startAttributes: start?.attributes ?? {},
        events: events.map((event) => ({ name: event.name, attributes: event.attributes ?? {} })),
        parentOperation: isTool(start?.above) ? "execute_tool" : undefined,
      };
      for (const violation of checkSpan(version, checked)) found(violation);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
