/**
 * `langchain-otel/trace`: spans of one's own round an application's code.
 */
export { type RootSpanOptions, withRootSpan } from "./root-span.ts";
