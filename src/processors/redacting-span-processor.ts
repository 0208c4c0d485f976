import type { Attributes, SpanStatus } from "@opentelemetry/api";

import { cleanAttributes, cleanText } from "../telemetry/clean-attributes.ts";
import { Guard } from "../telemetry/guard.ts";
import { isAsWritten } from "../telemetry/written-content.ts";
import { EndingSpans } from "./ending-spans.ts";

/** What the processor reads and writes of the SDK's span. The SDK declares it read-only; they are plain properties. */
export interface RedactableSpan {
  name: string;
  status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly RedactablePart[];
  readonly links: readonly RedactablePart[];
}

/** An event or a link of a span. */
export interface RedactablePart {
  readonly name?: string;
  readonly attributes?: Attributes | undefined;
}

/**
 * A SpanProcessor that takes keys, tokens and passwords out of every span, whoever made it: out of its name, attributes,
 * events, links and status. The addresses of HTTP requests carry keys, and so do the texts of errors and the headers that
 * an application has recorded. Each is replaced by what it was, such as `[redacted:key]`.
 *
 * `startTelemetry` and `langchain-otel/register` have it in the SDK that they start. Elsewhere it stands beside the
 * exporting processor in `spanProcessors`, in any order, with OpenTelemetry SDK 2.3 and later; with SDK 2.0 to 2.2,
 * before it.
 *
 * ```ts
 * new NodeSDK({ spanProcessors: [new RedactingSpanProcessor(), new BatchSpanProcessor({ exporter })] });
 * ```
 */
export class RedactingSpanProcessor {
  readonly #guard = new Guard();
  readonly #ending = new EndingSpans(GUARDED);

  onStart(): void {}

  /** SDK 2.3 and later: the span can still be changed, and no processor has exported it. */
  onEnding(span: RedactableSpan): void {
    this.#guard.run(GUARDED, () => {
      this.#ending.ending(span);
      this.#clean(span);
    });
  }

  onEnd(span: RedactableSpan): void {
    this.#guard.run(GUARDED, () => this.#ending.ended(span, () => this.#clean(span)));
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #clean(span: RedactableSpan): void {
    for (const clean of [cleanName, cleanStatus, cleanOwnAttributes, cleanEvents, cleanLinks]) {
      this.#guard.run(GUARDED, () => clean(span));
    }
  }
}

// --- internal ---

const GUARDED = "RedactingSpanProcessor";

function cleanName(span: RedactableSpan): void {
  const name = cleanText(span.name);
  if (name !== span.name) span.name = name;
}

function cleanStatus(span: RedactableSpan): void {
  const { message } = span.status;
  if (message === undefined) return;
  const clean = cleanText(message);
  if (clean !== message) span.status = { ...span.status, message: clean };
}

function cleanOwnAttributes(span: RedactableSpan): void {
  cleanAttributes(span.attributes, (name, value) => isAsWritten(span, name, value));
}

function cleanEvents({ events }: RedactableSpan): void {
  cleanParts(events);
}

function cleanLinks({ links }: RedactableSpan): void {
  cleanParts(links);
}

/** An event or a link may be the application's own object: another takes its place. */
function cleanParts(parts: readonly RedactablePart[]): void {
  for (const [index, part] of parts.entries()) {
    const { name, attributes } = part;
    const clean = {
      ...part,
      ...(name === undefined ? {} : { name: cleanText(name) }),
      ...(attributes === undefined ? {} : { attributes: cleanAttributes({ ...attributes }) }),
    };
    (parts as RedactablePart[])[index] = clean;
  }
}
