import type { Attributes, HrTime, SpanContext } from "@opentelemetry/api";

/** A log record or event, as SDK 2 and SDK 3 hand it to processors (their `ReadableLogRecord`). */
export interface EmittedLog {
  readonly hrTime: HrTime;
  /** The span that was active, or that the record names. */
  readonly spanContext?: SpanContext | undefined;
  readonly severityText?: string | undefined;
  readonly severityNumber?: number | undefined;
  readonly body?: unknown;
  readonly eventName?: string | undefined;
  readonly attributes: Attributes;
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined };
}

/** A log record processor that keeps what it gets. */
export class LogCollector {
  #logs: EmittedLog[] = [];
  #stopped = false;

  logs(): EmittedLog[] {
    return [...this.#logs];
  }

  reset(): void {
    this.#logs = [];
  }

  onEmit(log: EmittedLog): void {
    if (!this.#stopped) this.#logs.push(log);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#stopped = true;
  }
}
