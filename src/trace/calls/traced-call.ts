import { context } from "@opentelemetry/api";

import { abortSignalOf } from "../../langchain/abort-signal.ts";
import { contextHere } from "../../langchain/going-on.ts";
import { fields } from "../../langchain/read.ts";
import type { RunTracer } from "../../langchain/run-tracer.ts";
import { openUnreported } from "../../langchain/unreported-run.ts";
import { followResult } from "../results/follow.ts";
import type { Watch } from "../results/watch.ts";
import { isNobodyThere, tracerHere } from "../tracers.ts";
import { CallRun } from "./call-run.ts";
import type { CallPlan } from "./plan.ts";
import { type PlannedCall, plannedCall } from "./request.ts";

/** Makes a call inside a span of its own, which ends when what it returned has ended. */
export function tracedCall(plan: CallPlan, args: readonly unknown[], call: () => unknown): unknown {
  if (isNobodyThere()) return call();
  const tracer = tracerHere();
  if (!tracer.active) return call();
  const started = tracer.guard.run("starting a call", () => start(tracer, plan, args));
  if (started === undefined) return call();
  const { run, planned } = started;
  const watch = watchOf(tracer, run);
  let made: unknown;
  try {
    made = context.with(run.context, call);
  } catch (error) {
    watch.failed(error);
    throw error;
  }
  const { shape } = planned;
  const streamIn = shape?.stream === undefined ? undefined : shape.stream;
  try {
    return followResult(made, watch, streamIn && ((value) => streamIn(fields(value))));
  } catch (fault) {
    tracer.guard.report("following a result", fault);
    watch.done();
    return made;
  }
}

// --- internal ---

function start(
  tracer: RunTracer,
  plan: CallPlan,
  args: readonly unknown[],
): { readonly run: CallRun; readonly planned: PlannedCall } | undefined {
  const planned = plannedCall(plan, args);
  if (planned === undefined) return undefined;
  const signal = signalAmong(args);
  const run = openUnreported(tracer, planned.request, contextHere(), (parts) => {
    return new CallRun({ ...parts, signal }, planned);
  });
  if (run === undefined) return undefined;
  run.called(planned, args);
  return { run, planned };
}

/** The signal that can abort it: an argument, or an option. */
function signalAmong(args: readonly unknown[]): AbortSignal | undefined {
  for (const arg of args.slice(0, 10)) {
    const signal = abortSignalOf({ signal: arg }) ?? abortSignalOf(arg);
    if (signal !== undefined) return signal;
  }
  return undefined;
}

/** Holds the run and nothing of what it returned: then that can be garbage while the run is open. */
function watchOf({ guard }: RunTracer, run: CallRun): Watch {
  const end = (how: () => void): void => {
    guard.run("ending a call", how);
  };
  return {
    inside: run.context,
    value: (value) => run.chunk(value),
    done: (result) => end(() => run.returned(result)),
    failed: (error) => end(() => run.fail(error)),
    left: () => end(() => run.leave()),
    forgotten: () => end(() => run.abandon()),
  };
}
