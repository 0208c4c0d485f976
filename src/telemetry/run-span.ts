import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

import type { CaptureMode } from "../content/capture.ts";
import type { ContentReading, ReadContent } from "../content/content-policy.ts";
import {
  type Association,
  hasFailed,
  type ModelResponse,
  type RunCost,
  type RunEnd,
  type RunRequest,
  type WorkflowRequest,
} from "../operation.ts";
import { baggageAssociation, nearer } from "./association.ts";
import { cleanAttributes, cleanText } from "./clean-attributes.ts";
import { elapsedMs, hrTime, type Moment, now } from "./clock.ts";
import { ContentWriter } from "./content-writer.ts";
import { emitException, exceptionAttributes } from "./exception.ts";
import type { RunTelemetry } from "./run-telemetry.ts";
import { startSpan } from "./span-capture.ts";
import { spanShape } from "./span-shape.ts";

/**
 * One run on its way out: a span that we own from start to end, and the metrics beside it, from the same numbers. Holds
 * times and low-cardinality facts, never what was said, unless that is to go into an event.
 */
export class RunSpan {
  /** The context of whatever the run itself does: its span is the active one. */
  readonly context: Context;
  readonly #out: RunTelemetry;
  #request: RunRequest;
  readonly #baggage: Association | undefined;
  readonly #start: Moment;
  #metricAttributes: Attributes;
  readonly #span: Span | undefined;
  readonly #content: ContentWriter | undefined;
  /** What was decided for this run, and holds for what it does. */
  readonly capture: CaptureMode;

  /** @param capture whether what the run says is written */
  constructor(
    out: RunTelemetry,
    request: RunRequest,
    parent: Context,
    capture: CaptureMode = "none",
  ) {
    this.#out = out;
    this.#baggage = out.guard.run("reading baggage", () =>
      baggageAssociation(parent, out.association),
    );
    this.#request = this.#associated(request);
    this.#start = now();
    this.#metricAttributes = out.metrics?.requestAttributes(request) ?? {};
    const elsewhere = "reportedElsewhere" in request && request.reportedElsewhere === true;
    this.#span =
      out.tracing && !elsewhere
        ? out.guard.run("starting a span", () => this.#startSpan(parent))
        : undefined;
    this.context = this.#span === undefined ? parent : trace.setSpan(parent, this.#span);
    this.capture = capture;
    if (capture !== "none" && out.content !== undefined && !elsewhere && hasPlace(out, request))
      this.#content = new ContentWriter(out.content, capture, request.kind === "model");
  }

  /** Writes what went into the run, or what came out of it, where that is wanted. Otherwise nothing is read. */
  say(read: ReadContent): void {
    const { guard, dialects } = this.#out;
    const content = this.#content;
    if (content === undefined) return;
    guard.run("writing content", () =>
      content.write(this.#request, this.#span, this.context, dialects, read),
    );
  }

  /** How much of what is said may be read; absent where nothing is written. */
  get reading(): ContentReading | undefined {
    return this.#content?.reading;
  }

  /** How it is written, and what is below it. */
  get telemetry(): RunTelemetry {
    return this.#out;
  }

  /** What the call cost; see `Pricing.costOf`. */
  costOf(response: ModelResponse | undefined): RunCost | "missing" | undefined {
    const request = this.#request;
    const { guard, pricing } = this.#out;
    if (pricing === undefined || (request.kind !== "model" && request.kind !== "embeddings"))
      return undefined;
    return guard.run("pricing a call", () =>
      pricing.costOf(request, response, response?.usage, this.#start.wall),
    );
  }

  /** Seconds since the call started. */
  elapsed(): number {
    return elapsedMs(this.#start) / 1000;
  }

  /** What the run is was not to be seen at its start. What the first request has said and this one does not, stays. */
  become(request: RunRequest): void {
    const { guard, metrics, spanNames } = this.#out;
    guard.run("describing a span anew", () => {
      this.#request = this.#associated(request);
      this.#metricAttributes = metrics?.requestAttributes(request) ?? {};
      this.#span?.updateName(cleanText(spanShape(request, spanNames).name));
      for (const dialect of this.#out.dialects)
        this.#span?.setAttributes(cleanAttributes(dialect.requestAttributes(this.#request)));
    });
  }

  /** Says that something happened. Attributes are low-cardinality facts, never what was said. */
  addEvent(name: string, attributes: Attributes): void {
    this.#out.guard.run("adding an event", () =>
      this.#span?.addEvent(name, cleanAttributes({ ...attributes }), hrTime(now())),
    );
  }

  /** Points to a span that this one goes on from. */
  addLink(link: Link): void {
    this.#out.guard.run("adding a link", () => this.#span?.addLink(link));
  }

  /** Who the span is, for links to it. */
  get spanContext(): SpanContext | undefined {
    return this.#span?.spanContext();
  }

  /** A chunk came `seconds` after the one before it. */
  chunk(seconds: number): void {
    this.#out.metrics?.chunk(seconds, this.#metricAttributes, this.context);
  }

  end(ended: RunEnd): void {
    const ms = elapsedMs(this.#start);
    const end = this.#estimated(ended);
    if (mayBeAgent(this.#request)) this.become({ ...this.#request, perhaps: undefined });
    const { guard, metrics, exceptionLogs: logs } = this.#out;
    if (metrics !== undefined) {
      guard.run("recording metrics", () =>
        metrics.end(this.#request, end, ms / 1000, this.#metricAttributes, this.context),
      );
    }
    const content = this.#content;
    if (content !== undefined)
      guard.run("emitting an event", () => this.#emit(content, end, hrTime(this.#start, ms)));
    if (logs !== undefined && hasFailed(end))
      guard.run("emitting an exception", () =>
        emitException(logs, this.#request, end, this.context, hrTime(this.#start, ms)),
      );
    const span = this.#span;
    if (span !== undefined) guard.run("ending a span", () => this.#endSpan(span, end, ms));
  }

  /** With an estimate of what the call took, where the application has figures for it. */
  #estimated(end: RunEnd): RunEnd {
    const request = this.#request;
    const { guard, energy: estimate } = this.#out;
    if (estimate === undefined || request.kind !== "model" || end.response === undefined)
      return end;
    const { model, usage, cached } = end.response;
    if (cached === true) return end;
    const energy = guard.run("estimating energy", () => estimate.of(request.model, model, usage));
    return { ...end, energy };
  }

  /** Metadata, which is about the run, beats baggage, which is about all that a request leads to. */
  #associated(request: RunRequest): RunRequest {
    if (this.#baggage === undefined) return request;
    return { ...request, association: nearer(request.association, this.#baggage) };
  }

  #startSpan(parent: Context): Span {
    const request = this.#request;
    const attributes: Attributes = { ...this.#out.staticAttributes, ...request.attributes };
    // What a span has been given is not taken away again.
    const certain = mayBeAgent(request)
      ? { ...request, name: undefined, agentName: undefined }
      : request;
    for (const dialect of this.#out.dialects)
      Object.assign(attributes, dialect.requestAttributes(certain));
    const { name, kind } = spanShape(request, this.#out.spanNames);
    cleanAttributes(attributes);
    const options = { kind, attributes, startTime: hrTime(this.#start) };
    return startSpan(this.#out.source.tracer(), cleanText(name), options, parent);
  }

  #emit(content: ContentWriter, end: RunEnd, time: ReturnType<typeof hrTime>): void {
    const [own] = this.#out.dialects;
    const attributes = {
      ...this.#out.staticAttributes,
      ...this.#request.attributes,
      ...own?.requestAttributes(this.#request),
      ...own?.endAttributes(this.#request, end),
    };
    content.emit(cleanAttributes(attributes), this.context, time);
  }

  #endSpan(span: Span, end: RunEnd, ms: number): void {
    try {
      if (span.isRecording()) this.#write(span, end, hrTime(this.#start, ms));
    } finally {
      span.end(hrTime(this.#start, ms));
    }
  }

  #write(span: Span, end: RunEnd, time: ReturnType<typeof hrTime>): void {
    for (const dialect of this.#out.dialects)
      span.setAttributes(cleanAttributes(dialect.endAttributes(this.#request, end)));
    const failure = end.failure;
    if (failure === undefined || !hasFailed(end)) return;
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
    const exception = exceptionAttributes(end);
    // Not recordException: it takes an error's `code` for its type.
    if (exception !== undefined) span.addEvent("exception", exception, time);
  }
}

// --- internal ---

/** Only some vocabularies have a place for what a chain of no convention works on. */
function hasPlace({ dialects }: RunTelemetry, { kind }: RunRequest): boolean {
  return (kind !== "node" && kind !== "chain") || dialects.some(({ values }) => values === true);
}

function mayBeAgent(request: RunRequest): request is WorkflowRequest {
  return request.kind === "workflow" && request.perhaps !== undefined;
}
