/**
 * Span processors that stand beside the exporting one: what they change on a span is what is exported.
 */
export { BenignErrorSpanProcessor, type EndingSpan } from "./benign-error-span-processor.ts";
export type { BenignErrorSpanProcessorOptions } from "./benign-options.ts";
export type { DefaultRuleName } from "./default-rules.ts";
export type { BenignErrorRule } from "./rule.ts";
export type { JudgedSpan } from "./interest.ts";
export type { KeepInterestingSpanProcessorOptions } from "./keep-interesting-options.ts";
export {
  KeepInterestingSpanProcessor,
  type NextSpanProcessor,
  type SampledSpan,
} from "./keep-interesting-span-processor.ts";
export {
  type RedactableLogRecord,
  RedactingLogRecordProcessor,
} from "./redacting-log-record-processor.ts";
export {
  type RedactablePart,
  type RedactableSpan,
  RedactingSpanProcessor,
} from "./redacting-span-processor.ts";
