/**
 * `langchain-otel/dialects`: attribute vocabularies beside the GenAI conventions' own, for the `dialects` option, and the
 * type of one of your own.
 *
 * @example
 * const mine: Dialect = {
 *   requestAttributes: (request) => ({ "acme.kind": request.kind }),
 *   endAttributes: (_request, { outcome }) => ({ "acme.outcome": outcome }),
 *   contentAttributes: () => ({}),
 * };
 * new OpenTelemetryCallbackHandler({ dialects: ["openinference", mine] });
 */
export type { WrittenContent, WrittenValue } from "../content/content-policy.ts";
export type { RunEnd, RunRequest } from "../operation.ts";
export type { InstrumentDefinition } from "../semconv/metrics.ts";
export type { Count, Dialect } from "./dialect.ts";
export type { DialectName } from "./dialects.ts";
export { llm } from "./llm.ts";
export { openinference } from "./openinference.ts";
export { vystak } from "./vystak.ts";
