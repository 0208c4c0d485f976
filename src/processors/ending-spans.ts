import { diag } from "@opentelemetry/api";

/**
 * Sees to it that a processor works on each span once: as it is about to end, when no processor has exported it yet, or,
 * with an SDK that does not tell, when it has ended. That may be too late, and is said once.
 */
export class EndingSpans {
  readonly #processor: string;
  readonly #seen = new WeakSet<object>();
  #told = false;

  constructor(processor: string) {
    this.#processor = processor;
  }

  /** The span is about to end. */
  ending(span: object): void {
    this.#seen.add(span);
  }

  /** The span has ended: whatever is still to be done is done now. */
  ended(span: object, work: () => void): void {
    if (this.#seen.has(span)) return;
    work();
    this.#tell();
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    diag.warn(
      `langchain-otel: ${this.#processor} was told that a span has ended, but not that it was about to ` +
        "(OpenTelemetry SDK before 2.3, or a processor round it that does not pass onEnding on). " +
        "It has to stand before the exporting processor in `spanProcessors`, else its changes may come too late.",
    );
  }
}
