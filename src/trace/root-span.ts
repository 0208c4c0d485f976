import {
  type Attributes,
  type Context,
  context as otelContext,
  isSpanContextValid,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";

import { AbortsBelow, abortsOf, withAborts } from "../langchain/aborts-below.ts";
import { endingOf } from "../langchain/ending.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { RunEnd } from "../operation.ts";
import { badOption } from "../options.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import { tracerFor } from "./tracers.ts";

export interface RootSpanOptions {
  /** What the span says beside its name. */
  readonly attributes?: Attributes | undefined;
  /**
   * The context that came with the message, from `extract()` of `langchain-otel/propagation`: the span goes on from the
   * sender's. @default the active context, of which a span of another process counts and one of this process does not
   */
  readonly parent?: Context | undefined;
  /** Where the span goes. @default the global provider */
  readonly tracerProvider?: TracerProvider | undefined;
}

/**
 * Runs `fn` at once, in a SERVER span of that name, and returns its value: for what comes in where no HTTP
 * instrumentation sees it, such as a message of a chat or of a queue. Agents and models below it are in its trace.
 *
 * The span begins a new trace, with a link to the span of this process that is active, or goes on with the sender's, when
 * `parent` or the active context has one of another process. It ends when `fn` returns or throws, or when the promise
 * that it returns settles. What is thrown is thrown on; the span is ERROR then, but for aborts and LangGraph's control flow.
 *
 * @example
 * app.message(({ message, say }) => withRootSpan("slack.message", async () => say(await answer(message))));
 *
 * @throws TypeError for an empty name, for a `fn` that is no function, for an option that there is not
 */
export function withRootSpan<T>(name: string, fn: () => T): T;
export function withRootSpan<T>(name: string, options: RootSpanOptions | undefined, fn: () => T): T;
export function withRootSpan<T>(
  name: string,
  second: RootSpanOptions | (() => T) | undefined,
  third?: () => T,
): T {
  const options = typeof second === "function" ? {} : (second ?? {});
  const fn = typeof second === "function" ? second : third;
  check(name, options, fn);
  const tracer = tracerFor(options.tracerProvider);
  const span = tracer.guard.run("starting a root span", () => start(tracer, name, options));
  if (span === undefined) return fn();
  const aborts = new AbortsBelow(abortsOf(span.context));
  const inside = withAborts(span.context, aborts);
  return settle(tracer, span, aborts, () => otelContext.with(inside, fn));
}

// --- internal ---

const OPTIONS = ["attributes", "parent", "tracerProvider"];

function check<T>(
  name: string,
  options: RootSpanOptions,
  fn: (() => T) | undefined,
): asserts fn is () => T {
  if (typeof name !== "string" || name === "") throw badOption("name", "a non-empty string", name);
  if (typeof fn !== "function") throw badOption("fn", "a function", fn);
  if (typeof options !== "object") throw badOption("options", "an object", options);
  for (const [key, value] of Object.entries(options)) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`There is no option \`${key}\`. The options are ${OPTIONS.join(", ")}`);
    if (value !== undefined && (typeof value !== "object" || value === null))
      throw badOption(key, "an object", value);
  }
}

function start(
  tracer: RunTracer,
  name: string,
  { parent = otelContext.active(), attributes }: RootSpanOptions,
): RunSpan | undefined {
  if (!tracer.active) return undefined;
  const above = trace.getSpanContext(parent);
  const isRemote = above?.isRemote === true;
  const { telemetry } = tracer;
  const span = new RunSpan(
    { ...telemetry, staticAttributes: { ...telemetry.staticAttributes, ...attributes } },
    { kind: "root", name: name.slice(0, 128) },
    isRemote ? parent : trace.deleteSpan(parent),
  );
  if (above !== undefined && !isRemote && isSpanContextValid(above))
    span.addLink({ context: above });
  return span;
}

function settle<T>(tracer: RunTracer, span: RunSpan, aborts: AbortsBelow, run: () => T): T {
  const fail = (error: unknown): void => {
    const end = tracer.guard.run("reading an error", () =>
      endingOf(error, aborts.signalFor(error)),
    );
    span.end(end ?? { outcome: "error" });
  };
  const succeeded: RunEnd = { outcome: "ok" };
  try {
    const value = run();
    // A thenable that is no promise may begin its work when it is first asked, and once more when it is asked again.
    if (value instanceof Promise) value.then(() => span.end(succeeded), fail);
    else span.end(succeeded);
    return value;
  } catch (error) {
    fail(error);
    throw error;
  }
}
