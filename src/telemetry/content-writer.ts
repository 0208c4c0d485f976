import {
  type Attributes,
  type Context,
  type HrTime,
  isSpanContextValid,
  type Span,
} from "@opentelemetry/api";

import type { CaptureMode } from "../content/capture.ts";
import type {
  ContentPolicy,
  ContentReading,
  ReadContent,
  WrittenContent,
} from "../content/content-policy.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { RunRequest } from "../operation.ts";
import { CONTENT, INFERENCE_DETAILS, referenceTo } from "../semconv/content.ts";
import type { LogSource } from "./log-source.ts";
import { noteWritten } from "./written-content.ts";

/** How content is written. */
export interface ContentTelemetry {
  readonly policy: ContentPolicy;
  readonly logs: LogSource;
  /** Told how often each detector has taken something out. */
  readonly redacted: (counts: ReadonlyMap<string, number>, context: Context) => void;
}

/**
 * Writes what one run said. Nothing is read, let alone written, unless the span is recorded or somebody takes events.
 * For an event the redacted content is kept until the run ends, since the conventions want in and out in one event;
 * it is the only content that a run ever holds.
 */
export class ContentWriter {
  readonly #out: ContentTelemetry;
  readonly #onSpan: boolean;
  readonly #inEvent: boolean;
  readonly #said: Record<string, unknown> = {};

  constructor(out: ContentTelemetry, mode: CaptureMode, isModel: boolean) {
    this.#out = out;
    this.#onSpan = mode === "span" || mode === "both";
    // The conventions have an event for model calls only.
    this.#inEvent = isModel && (mode === "event" || mode === "both") && out.logs.isHeard();
  }

  /** What may be read, where anything is wanted at all. */
  get reading(): ContentReading {
    return this.#out.policy.reading;
  }

  write(
    request: RunRequest,
    span: Span | undefined,
    context: Context,
    dialects: readonly Dialect[],
    read: ReadContent,
  ): void {
    const onSpan = this.#onSpan && span?.isRecording() === true;
    if (!onSpan && !this.#inEvent) return;
    const { policy, redacted } = this.#out;
    const written = policy.written(read(policy.reading), placeOf(span), (counts) =>
      redacted(counts, context),
    );
    if (onSpan)
      for (const dialect of dialects) {
        const attributes = dialect.contentAttributes(request, written);
        span.setAttributes(attributes);
        noteWritten(span, attributes);
      }
    if (this.#inEvent) Object.assign(this.#said, structured(written));
  }

  /** The event, with the attributes of the run's span. */
  emit(attributes: Attributes, context: Context, time: HrTime): void {
    if (!this.#inEvent) return;
    this.#out.logs.emit({
      eventName: INFERENCE_DETAILS,
      severityNumber: DEBUG,
      timestamp: time,
      context,
      attributes: { ...attributes, ...this.#said },
    });
  }
}

// --- internal ---

/** The convention's severity for it. */
const DEBUG = 5;

/** Where there is no trace, as where only events are taken, the place is made up: no two uploads have the same name. */
function placeOf(span: Span | undefined): { readonly traceId: string; readonly spanId: string } {
  const place = span?.spanContext();
  if (place === undefined || !isSpanContextValid(place))
    return { traceId: randomHex(16), spanId: randomHex(8) };
  return { traceId: place.traceId, spanId: place.spanId };
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** "On events: MUST be structured", which span attributes cannot be. */
function structured(content: WrittenContent): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [member, written] of Object.entries(content)) {
    const name = CONTENT[member as keyof typeof CONTENT];
    if (name === undefined || written === undefined) continue;
    if (written.reference === undefined) attributes[name] = written.value;
    else attributes[referenceTo(name)] = written.reference;
  }
  return attributes;
}
