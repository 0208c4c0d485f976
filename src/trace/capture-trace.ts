import { context as otelContext } from "@opentelemetry/api";

import { badOption } from "../options.ts";
import { Guard } from "../telemetry/guard.ts";
import { withCapture } from "../telemetry/span-capture.ts";
import { followAsyncWork } from "./capture/async-contexts.ts";
import { attachForCaptures } from "./capture/auto-attach.ts";
import { type CapturedTrace, capturedTrace } from "./capture/captured-trace.ts";
import { SpanRecorder } from "./capture/span-recorder.ts";
import type { TraceCollector } from "./collectors/trace-collector.ts";

export interface CaptureTraceOptions {
  /** What the trace says its agent is. @default the name of the first agent in it */
  readonly agent?: string | undefined;
  /** What the trace says its session is. @default that of the first span that has a session or a conversation */
  readonly session?: string | undefined;
  /** Gets the trace too, and gets it when `fn` fails: before the promise settles. */
  readonly collector?: TraceCollector | undefined;
}

/** What `fn` has returned, and how it came about. */
export interface Captured<T> {
  readonly result: T;
  readonly trace: CapturedTrace;
}

/**
 * Runs `fn` and gives back its result with the spans of all that LangChain, LangGraph and this package did in it, as plain
 * JSON. Nothing else is needed: no handler, no instrumentation, no SDK. Where there is an SDK, the spans go there as well,
 * and have the very same ids, also those that its sampler leaves out.
 *
 * - What runs beside it, in another `captureTrace` too, is not in it. One inside another is in both.
 * - What was said is in it only as the `captureContent` option of the handler or instrumentation in force says, or the
 *   environment.
 * - Spans of others, such as those of HTTP requests, are not in it, though they may be parents.
 * - Of a stream that `fn` returns only the beginning is in it: read it inside.
 * - At most 10,000 spans are kept, those that have started first.
 * - Several runs, one after the other, are one trace; with an SDK, whose ids are kept, they are one trace only inside a span,
 *   such as that of `traced("trace", …)`.
 * - `LANGCHAIN_OTEL_DISABLED` and `OTEL_SDK_DISABLED` switch it off: `fn` runs, and the trace has no spans.
 *
 * @returns rejects with what `fn` throws, as it is; the trace is then to be had by the `collector`
 * @throws TypeError (as a rejection) for a `fn` that is no function, for an option that there is not
 *
 * @example
 * const { result, trace } = await captureTrace(() => agent.invoke({ messages }));
 * response.json({ answer: result.messages.at(-1).text, trace });
 */
export async function captureTrace<T>(
  fn: () => T | PromiseLike<T>,
  options: CaptureTraceOptions = {},
): Promise<Captured<T>> {
  check(fn, options);
  await guard.run("attaching to LangChain", attachForCaptures);
  const stopFollowing = followAsyncWork();
  const active = otelContext.active();
  const recorder = new SpanRecorder(active);
  const finish = (): CapturedTrace => {
    stopFollowing();
    const trace = guard.run("making a trace", () => capturedTrace(recorder, options)) ?? {
      trace_id: recorder.traceId,
      spans: [],
    };
    guard.run("collecting a trace", () => options.collector?.collect(trace));
    return trace;
  };
  let result: T;
  try {
    result = await otelContext.with(withCapture(active, recorder), fn);
  } catch (error) {
    finish();
    throw error;
  }
  return { result, trace: finish() };
}

// --- internal ---

const guard = new Guard();

const OPTIONS = ["agent", "session", "collector"];

function check(fn: unknown, options: CaptureTraceOptions): void {
  if (typeof fn !== "function") throw badOption("fn", "a function", fn);
  if (typeof options !== "object" || options === null)
    throw badOption("options", "an object", options);
  for (const [key, value] of Object.entries(options)) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`There is no option \`${key}\`. The options are ${OPTIONS.join(", ")}`);
    if (value === undefined) continue;
    if (key === "collector") {
      const { collect } = value as Partial<TraceCollector>;
      if (typeof collect !== "function") throw badOption(key, "a TraceCollector", value);
    } else if (typeof value !== "string" || value === "")
      throw badOption(key, "a non-empty string", value);
  }
}
