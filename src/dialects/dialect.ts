import type { Attributes } from "@opentelemetry/api";

import type { WrittenContent } from "../content/content-policy.ts";
import type { RunEnd, RunRequest } from "../operation.ts";
import type { InstrumentDefinition } from "../semconv/metrics.ts";

/** A vocabulary: turns the neutral record into attributes. One object per vocabulary, no state. */
export interface Dialect {
  /** Known at the start, so that sampling sees it. */
  requestAttributes(request: RunRequest): Attributes;
  endAttributes(request: RunRequest, end: RunEnd): Attributes;
  /**
   * What was said, redacted and cut; only where content is captured. Asked once with what goes in and once with what
   * comes out.
   */
  contentAttributes(request: RunRequest, content: WrittenContent): Attributes;
  /** It has a place for what chains of no convention work on. @default false */
  readonly values?: boolean;
  /**
   * Stand beside the conventions' own on the conventions' metrics of the run. Metrics have only attributes whose number
   * of values is bounded: `llm.model`, `llm.provider`, `gen_ai.system`, and those that they have anyway.
   */
  metricAttributes?(request: RunRequest): Attributes;
  /** What a run that ended adds to counters of the vocabulary's own. */
  counts?(request: RunRequest, end: RunEnd): readonly Count[];
}

/** So much more of something. */
export interface Count {
  readonly counter: InstrumentDefinition;
  readonly value: number;
  /** As for {@link Dialect.metricAttributes}. */
  readonly attributes: Attributes;
}
