import type { Attributes } from "@opentelemetry/api";

import type { RunEnd, RunRequest } from "../operation.ts";

/** A vocabulary: turns the neutral record into span attributes. One object per vocabulary, no state. */
export interface Dialect {
  /** Known at the start, so that sampling sees it. */
  requestAttributes(request: RunRequest): Attributes;
  endAttributes(request: RunRequest, end: RunEnd): Attributes;
}
