import type { Attributes } from "@opentelemetry/api";

import type { ModelEnd, ModelRequest } from "../operation.ts";

/** A vocabulary: turns the neutral record into span attributes. One object per vocabulary, no state. */
export interface Dialect {
  /** Known at the start, so that sampling sees it. */
  requestAttributes(request: ModelRequest): Attributes;
  endAttributes(end: ModelEnd): Attributes;
}
