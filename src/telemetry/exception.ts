import type { Attributes, Context, HrTime } from "@opentelemetry/api";

import { type Failure, hasFailed, type RunEnd, type RunRequest } from "../operation.ts";
import { OPERATION_EXCEPTION } from "../semconv/content.ts";
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "../semconv/stable.ts";
import type { LogSource } from "./log-source.ts";

/** What is told of what was thrown; `undefined` where nothing was. */
export function exceptionAttributes({ outcome, failure }: RunEnd): Attributes | undefined {
  if (failure === undefined || !hasFailed({ outcome, failure }) || failure.thrown === false)
    return undefined;
  return attributesOf(failure);
}

/**
 * The next version of the conventions has a log record for what an operation of a client throws. The span keeps its
 * event beside it: most back ends read that one, and so do processors of spans.
 */
export function emitException(
  logs: LogSource,
  { kind }: RunRequest,
  end: RunEnd,
  context: Context,
  timestamp: HrTime,
): void {
  const attributes = CLIENTS.has(kind) ? exceptionAttributes(end) : undefined;
  if (attributes === undefined || !logs.isHeard()) return;
  logs.emit({
    eventName: OPERATION_EXCEPTION,
    severityNumber: WARN,
    timestamp,
    context,
    attributes,
  });
}

// --- internal ---

/** The convention's severity for it. */
const WARN = 13;
const CLIENTS: ReadonlySet<RunRequest["kind"]> = new Set([
  "model",
  "embeddings",
  "retriever",
  "memory",
]);

function attributesOf(failure: Failure): Attributes {
  const attributes: Attributes = {
    [ATTR_EXCEPTION_TYPE]: failure.exceptionType ?? failure.type,
    [ATTR_EXCEPTION_MESSAGE]: failure.message,
  };
  if (failure.stack !== undefined) attributes[ATTR_EXCEPTION_STACKTRACE] = failure.stack;
  return attributes;
}
