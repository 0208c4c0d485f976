import { styleText } from "node:util";

import { diag } from "@opentelemetry/api";

import { badOption } from "../options.ts";
import type { FinishedSpan } from "./finished-span.ts";
import { OpenTraces } from "./open-traces.ts";
import { spanJson, spanLine } from "./span-line.ts";
import { spanRow } from "./span-row.ts";
import { type Paint, spanTable } from "./span-table.ts";
import { toStandardOutput } from "./standard-output.ts";

/** Options of {@link ConsoleTreeExporter}. */
export interface ConsoleTreeExporterOptions {
  /**
   * - `"tree"`: one table a trace, when the trace is complete: who called whom, how long it took, the tokens.
   * - `"lines"`: one line a span, as it ends, with the ids of trace, span and parent.
   * - `"json"`: one JSON object a line and span, with all attributes.
   *
   * @default "tree"
   */
  readonly format?: "tree" | "lines" | "json" | undefined;
  /**
   * Takes the text, whole lines at a time. Without it the text goes to the standard output, in colour when that is a
   * terminal and `NO_COLOR` is not set, and as wide as the terminal (else 100 columns).
   */
  readonly write?: ((text: string) => void) | undefined;
}

/** What an exporter answers; 0 is success, 1 is failure. */
export interface SpanExportResult {
  readonly code: 0 | 1;
  readonly error?: Error;
}

/**
 * Prints spans for a person to read. A SpanExporter of SDK 2 and SDK 3:
 *
 * ```ts
 * new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: new ConsoleTreeExporter() })] })
 * ```
 *
 * A tree is printed when the span at its top has ended, so a trace under way shows nothing yet; `forceFlush()` and
 * `shutdown()` print what waits. Spans that end later are printed as a tree of their own under the same trace id.
 *
 * @throws TypeError for an option that is not as described.
 */
export class ConsoleTreeExporter {
  readonly #format: "tree" | "lines" | "json";
  readonly #write: (text: string) => void;
  readonly #surface: () => { readonly width: number; readonly paint: Paint };
  readonly #open = new OpenTraces();
  #stopped = false;

  constructor(options: ConsoleTreeExporterOptions = {}) {
    const { format = "tree", write } = options;
    if (!FORMATS.includes(format)) throw badOption("format", '"tree", "lines" or "json"', format);
    if (write !== undefined && typeof write !== "function")
      throw badOption("write", "a function", write);
    this.#format = format;
    this.#write = write ?? toStandardOutput;
    this.#surface = write === undefined ? terminal : () => PLAIN;
  }

  export(spans: readonly FinishedSpan[], resultCallback: (result: SpanExportResult) => void): void {
    resultCallback(this.#stopped ? STOPPED : this.#attempt(() => this.#print(spans)));
  }

  /** Prints what waits for the end of its trace. */
  async forceFlush(): Promise<void> {
    const { error } = this.#attempt(() => this.#printTrees(this.#open.drain()));
    if (error !== undefined)
      diag.error("langchain-otel: ConsoleTreeExporter could not print spans", error);
  }

  /** Prints what waits; afterwards nothing is printed any more. */
  async shutdown(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.forceFlush();
  }

  // --- internal ---

  #print(spans: readonly FinishedSpan[]): void {
    if (this.#format === "tree") this.#printTrees(this.#open.add(spans.map(spanRow)));
    else if (this.#format === "lines")
      this.#write(spans.map((span) => spanLine(spanRow(span))).join(""));
    else this.#write(spans.map(spanJson).join(""));
  }

  #printTrees(parts: ReturnType<OpenTraces["drain"]>): void {
    if (parts.length === 0) return;
    const { width, paint } = this.#surface();
    this.#write(parts.map((part) => spanTable(part, width, paint)).join(""));
  }

  /** An exporter answers with its failure and does not throw; the SDK reports it. */
  #attempt(fn: () => void): SpanExportResult {
    try {
      fn();
      return { code: 0 };
    } catch (fault) {
      return { code: 1, error: fault instanceof Error ? fault : new Error(String(fault)) };
    }
  }
}

const FORMATS: readonly unknown[] = ["tree", "lines", "json"];
const STOPPED: SpanExportResult = {
  code: 1,
  error: new Error("ConsoleTreeExporter was shut down"),
};
const DEFAULT_WIDTH = 100;
const PLAIN = { width: DEFAULT_WIDTH, paint: (_style: string, text: string) => text };

/** Asked each time: a terminal can be resized. */
function terminal(): { width: number; paint: Paint } {
  const { stdout, env } = process;
  const colours = stdout.isTTY && stdout.hasColors() && (env["NO_COLOR"] ?? "") === "";
  return {
    width: stdout.columns ?? DEFAULT_WIDTH,
    paint: colours
      ? (style, text) => styleText(style, text, { validateStream: false })
      : PLAIN.paint,
  };
}
