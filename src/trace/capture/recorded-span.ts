import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from "@opentelemetry/api";

import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "../../semconv/stable.ts";
import { hrTime, type Moment, now } from "../../telemetry/clock.ts";

export interface RecordedEvent {
  readonly name: string;
  readonly time: HrTime;
  readonly attributes: Attributes;
}

export interface RecordedSpanParts {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: SpanContext;
  readonly parentSpanId: string | undefined;
  readonly startTime: HrTime;
  readonly attributes: Attributes;
  /** The application's own span, which everything goes to as well. Absent: there is no SDK. */
  readonly below: Span | undefined;
}

/** A span that remembers what it was told. */
export class RecordedSpan implements Span {
  readonly kind: SpanKind;
  readonly parentSpanId: string | undefined;
  readonly startTime: HrTime;
  readonly attributes: Attributes = {};
  readonly events: RecordedEvent[] = [];
  readonly links: Link[] = [];
  name: string;
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  /** Absent: it is open. */
  endTime: HrTime | undefined;
  readonly #spanContext: SpanContext;
  readonly #below: Span | undefined;

  constructor(parts: RecordedSpanParts) {
    this.name = parts.name;
    this.kind = parts.kind;
    this.parentSpanId = parts.parentSpanId;
    this.startTime = parts.startTime;
    this.#spanContext = parts.spanContext;
    this.#below = parts.below;
    this.#keep(parts.attributes);
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#below?.setAttribute(key, value);
    this.#keep({ [key]: value });
    return this;
  }

  setAttributes(attributes: Attributes): this {
    this.#below?.setAttributes(attributes);
    this.#keep(attributes);
    return this;
  }

  addEvent(name: string, second?: Attributes | TimeInput, third?: TimeInput): this {
    this.#below?.addEvent(name, second, third);
    const isTime = typeof second === "number" || Array.isArray(second) || second instanceof Date;
    const attributes = isTime || second === undefined ? {} : second;
    const time = timeOf(isTime ? second : third);
    if (this.isRecording() && this.events.length < MOST)
      this.events.push({ name, time, attributes: { ...attributes } });
    return this;
  }

  addLink(link: Link): this {
    this.#below?.addLink(link);
    if (this.isRecording() && this.links.length < MOST) this.links.push(link);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.#below?.setStatus(status);
    if (this.isRecording()) this.status = { ...status };
    return this;
  }

  updateName(name: string): this {
    this.#below?.updateName(name);
    if (this.isRecording()) this.name = name;
    return this;
  }

  end(endTime?: TimeInput): void {
    this.#below?.end(endTime);
    this.endTime ??= timeOf(endTime);
  }

  isRecording(): boolean {
    return this.endTime === undefined;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#below?.recordException(exception, time);
    const said = typeof exception === "string" ? { message: exception } : exception;
    const attributes: Attributes = {};
    // As the conventions name them; an SDK would do the same.
    for (const [name, value] of [
      [ATTR_EXCEPTION_TYPE, said.name ?? said.code],
      [ATTR_EXCEPTION_MESSAGE, said.message],
      [ATTR_EXCEPTION_STACKTRACE, said.stack],
    ] as const) {
      if (value !== undefined) attributes[name] = String(value);
    }
    if (this.isRecording() && this.events.length < MOST)
      this.events.push({ name: "exception", time: timeOf(time), attributes });
  }

  #keep(attributes: Attributes): void {
    if (!this.isRecording()) return;
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null) continue;
      if (!(name in this.attributes) && ++this.#count > MOST) return;
      this.attributes[name] = Array.isArray(value) ? [...value] : value;
    }
  }

  #count = 0;
}

// --- internal ---

/** Attributes, events and links of a span: of each as many as an SDK keeps, and more than our own spans ever have. */
const MOST = 128;

function timeOf(time: TimeInput | undefined): HrTime {
  if (Array.isArray(time)) return time;
  const wall = time instanceof Date ? time.getTime() : time;
  // Less than any time of the wall's clock is one of the steady clock.
  if (wall === undefined) return hrTime(now());
  return hrTime(momentAt(wall < performance.timeOrigin ? performance.timeOrigin + wall : wall));
}

function momentAt(wall: number): Moment {
  return { wall, steady: 0 };
}
