import { context, createContextKey } from "@opentelemetry/api";

/**
 * Whether what runs now is not to be traced: the SDK's own requests to the receiver. Instrumentations make no spans of
 * such requests, but do count them.
 */
export function isTracingSuppressed(): boolean {
  return context.active().getValue(SUPPRESSED) === true;
}

// --- internal ---

/** That of `suppressTracing()` in `@opentelemetry/core`: keys of the same name are the same key. */
const SUPPRESSED: symbol = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
