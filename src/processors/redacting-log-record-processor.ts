import type { Attributes } from "@opentelemetry/api";

import { cleanAttributes, cleanText, cleanValue } from "../telemetry/clean-attributes.ts";
import { Guard } from "../telemetry/guard.ts";

/** What the processor reads and writes of the SDK's log record, which may be changed until `onEmit` returns. */
export interface RedactableLogRecord {
  body?: unknown;
  severityText?: string | undefined;
  readonly attributes: object;
}

/**
 * A LogRecordProcessor that takes keys, tokens and passwords out of every log record: out of its body and its attributes,
 * of any depth. It has to stand before the exporting processor in `logRecordProcessors`.
 *
 * `startTelemetry` and `langchain-otel/register` have it in the SDK that they start.
 */
export class RedactingLogRecordProcessor {
  readonly #guard = new Guard();

  onEmit(record: RedactableLogRecord): void {
    for (const clean of [cleanBody, cleanSeverity, cleanOwnAttributes]) {
      this.#guard.run("RedactingLogRecordProcessor", () => clean(record));
    }
  }

  /** Whether anybody wants records is for the others to say. */
  enabled(): boolean {
    return false;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

// --- internal ---

function cleanBody(record: RedactableLogRecord): void {
  const body = cleanValue(record.body, "body");
  if (body !== record.body) record.body = body;
}

function cleanSeverity(record: RedactableLogRecord): void {
  const { severityText } = record;
  if (severityText === undefined) return;
  const clean = cleanText(severityText);
  if (clean !== severityText) record.severityText = clean;
}

function cleanOwnAttributes({ attributes }: RedactableLogRecord): void {
  cleanAttributes(attributes as Attributes);
}
