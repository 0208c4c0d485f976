/**
 * `langchain-otel/console`: shows spans in the terminal, as a tree, as lines or as JSON.
 */
export {
  ConsoleTreeExporter,
  type ConsoleTreeExporterOptions,
  type SpanExportResult,
} from "./console-tree-exporter.ts";
export type { FinishedSpan, FinishedSpanEvent } from "./finished-span.ts";
