/**
 * Span processors that stand beside the exporting one: what they change on a span is what is exported.
 */
export { BenignErrorSpanProcessor, type EndingSpan } from "./benign-error-span-processor.ts";
export type { BenignErrorSpanProcessorOptions } from "./benign-options.ts";
export type { DefaultRuleName } from "./default-rules.ts";
export type { BenignErrorRule } from "./rule.ts";
