import {
  type Context,
  createContextKey,
  type Span,
  type SpanOptions,
  type Tracer,
} from "@opentelemetry/api";

/** Somebody who wants to have the spans of one piece of work, whether or not they go anywhere else. */
export interface SpanCapture {
  /**
   * Starts a span of the tracer, or one in its place when the tracer makes none, and keeps what becomes of it.
   *
   * @param tracer of the application's provider, or the API's own, which makes nothing
   */
  startSpan(tracer: Tracer, name: string, options: SpanOptions, parent: Context): Span;
  /** `false`: the work is over. */
  readonly isOpen: boolean;
}

export function withCapture(context: Context, capture: SpanCapture): Context {
  return context.setValue(KEY, capture);
}

/** Whose work it is in this context. */
export function captureOf(context: Context): SpanCapture | undefined {
  const capture = context.getValue(KEY) as SpanCapture | undefined;
  return capture?.isOpen === true ? capture : undefined;
}

/** As the tracer's own method, for a tracer that may be watched. */
export function startSpan(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  parent: Context,
): Span {
  const capture = captureOf(parent);
  return capture === undefined
    ? tracer.startSpan(name, options, parent)
    : capture.startSpan(tracer, name, options, parent);
}

// --- internal ---

/** By its name all copies of this package know it. */
const KEY = createContextKey("langchain-otel span capture/1");
