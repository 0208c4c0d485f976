import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";

/** What a span, a point of a metric or an event can do wrong. */
export type Rule =
  | "operation"
  | "kind"
  | "name"
  | "status"
  | "required"
  | "recommended"
  | "condition"
  | "at-start"
  | "unlisted"
  | "unknown"
  | "deprecated"
  | "type"
  | "enum"
  | "content"
  | "instrument"
  | "unit"
  | "buckets"
  | "severity"
  | "nesting";

export interface Violation {
  readonly version: SemconvVersion;
  readonly rule: Rule;
  /** The kind of span by its operation or MCP method, the metric, or the event; `other` for spans that are our own. */
  readonly of: string;
  /** The name of the very span, where it is one. */
  readonly span?: string;
  readonly attribute?: string;
  /** What is wrong, in words. */
  readonly detail: string;
  /** All attributes that it has. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A line for people. */
export function describeViolation({
  version,
  rule,
  of,
  span,
  attribute,
  detail,
}: Violation): string {
  const where = span === undefined ? of : `${of} span "${span}"`;
  return `[${version}] ${rule}: ${where}${attribute === undefined ? "" : `, ${attribute}`}: ${detail}`;
}
