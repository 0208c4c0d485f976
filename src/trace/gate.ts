import { context as otelContext } from "@opentelemetry/api";

import { contextHere } from "../langchain/going-on.ts";
import { OpenRun } from "../langchain/open-run.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { openUnreported } from "../langchain/unreported-run.ts";
import { badOption } from "../options.ts";
import { decisionOf } from "./gate-decision.ts";
import { tracerHere } from "./tracers.ts";

/**
 * Runs `fn` at once, in a span `gate {name}`, and returns its value as it is: for what decides whether something may go on,
 * such as a policy, a guard or a person who approves. `fn` answers `true`, `false` or a `GateDecision`, or a promise of
 * one; what follows from it is the caller's business.
 *
 * The span has `langchain.gate.verdict` (`allowed`, `blocked`), `langchain.gate.reason` and `langchain.gate.uncertainty`;
 * one that has blocked has the outcome `blocked` and is not red. Decisions are counted by `langchain.gate.decisions`.
 * What is thrown is thrown on, and is an error; an `interrupt()` of LangGraph in it is none: the gate waits (`interrupted`)
 * and has no verdict until it is asked again. Neither has an answer of any other kind.
 *
 * @throws TypeError for an empty name, for a `fn` that is no function
 *
 * @example
 * const { allowed } = await gate("refund policy", () => checkRefund(order));
 * @example
 * const approved = gate("approval", () => interrupt({ question: "Send it?" }) === "yes");
 */
export function gate<T>(name: string, fn: () => T): T {
  if (typeof name !== "string" || name === "") throw badOption("name", "a non-empty string", name);
  if (typeof fn !== "function") throw badOption("fn", "a function", fn);
  const tracer = tracerHere();
  const run = tracer.guard.run("opening a gate", () =>
    openUnreported(
      tracer,
      { kind: "gate", name: name.slice(0, 128) },
      contextHere(),
      (parts) => new OpenRun(parts),
    ),
  );
  return run === undefined ? fn() : settle(tracer, run, fn);
}

// --- internal ---

function settle<T>(tracer: RunTracer, run: OpenRun, fn: () => T): T {
  const decided = (answer: unknown): void =>
    run.succeed(() => ({ decision: decisionOf(tracer, answer) }));
  try {
    const value = otelContext.with(run.context, fn);
    // As in withRootSpan: another thenable may begin its work when it is asked.
    if (value instanceof Promise) value.then(decided, (error: unknown) => run.fail(error));
    else decided(value);
    return value;
  } catch (error) {
    run.fail(error);
    throw error;
  }
}
