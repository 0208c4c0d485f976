import {
  context as otelContext,
  type Context,
  isValidSpanId,
  isValidTraceId,
  type Span,
  trace,
  TraceFlags,
} from "@opentelemetry/api";

import { failureOf } from "../langchain/errors/failure.ts";
import type { OpenRun } from "../langchain/open-run.ts";
import { runOf } from "../langchain/run-context.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { Evaluation } from "../operation.ts";
import { badOption } from "../options.ts";
import { emitEvaluation } from "../telemetry/evaluation.ts";
import { tracerHere } from "./tracers.ts";

/** What an evaluator, or a person, has found of something that a run has done. */
export interface EvaluationResult {
  /** What was looked at: `relevance`, `toxicity`. It counts as a kind of evaluation, of which metrics know 20. */
  readonly name: string;
  /** `true` is 1, `false` is 0. Absent: there is none. */
  readonly score?: number | boolean | undefined;
  /** The score in a word, such as `pass`. */
  readonly label?: string | undefined;
  /** Why. Redacted as content is, before it leaves. */
  readonly explanation?: string | undefined;
  /** The span whose work was looked at. @default by `traceId` and `spanId`, else the active one */
  readonly span?: Span | undefined;
  /** 32 hexadecimal digits, such as `trace.trace_id` of `captureTrace`. */
  readonly traceId?: string | undefined;
  /** 16 hexadecimal digits, such as `span_id` of one of its spans. */
  readonly spanId?: string | undefined;
  /** The provider's id of the answer that was looked at: where its span is not known. */
  readonly responseId?: string | undefined;
  /** Whose work it was, for the metrics. @default the agent that is at work */
  readonly agentName?: string | undefined;
  /** The model that was looked at, for the metrics. */
  readonly model?: string | undefined;
  /** The model that has judged, for the metrics. */
  readonly evaluatorModel?: string | undefined;
  /** What the evaluator has thrown: there is no score. */
  readonly error?: unknown;
}

/**
 * Records the result of an evaluation: the event `gen_ai.evaluation.result` of the conventions, on the span whose work was
 * looked at, which may have ended long ago and in another process, and the metrics `langchain.evaluation.runs` and
 * `langchain.evaluation.score`. Events need an SDK with a LoggerProvider.
 *
 * A score that is no finite number, and ids that are none, are left out and reported once through `diag`.
 *
 * @throws TypeError for an empty name
 *
 * @example
 * const { result, trace } = await captureTrace(() => agent.invoke(question));
 * const { score, comment } = await judge(question, result);
 * recordEvaluation({
 *   name: "correctness", score, explanation: comment, traceId: trace.trace_id, spanId: trace.spans[0].span_id,
 * });
 */
export function recordEvaluation(evaluation: EvaluationResult): void {
  if (typeof evaluation !== "object" || evaluation === null)
    throw badOption("evaluation", "an object", evaluation);
  const { name } = evaluation;
  if (typeof name !== "string" || name === "") throw badOption("name", "a non-empty string", name);
  const tracer = tracerHere();
  if (!tracer.active) return;
  tracer.guard.run("recording an evaluation", () => record(tracer, evaluation));
}

// --- internal ---

const LONGEST = 128;
const NOWHERE = { traceId: "0".repeat(32), spanId: "0".repeat(16) };

function record(tracer: RunTracer, given: EvaluationResult): void {
  const active = otelContext.active();
  const context = evaluatedIn(tracer, given, active);
  const run = runOf(active) as OpenRun | undefined;
  const { metrics, content } = run?.telemetry ?? tracer.telemetry;
  const evaluation: Evaluation = {
    name: given.name.slice(0, LONGEST),
    score: scoreOf(tracer, given.score),
    label: text(given.label)?.slice(0, LONGEST),
    explanation: text(given.explanation),
    responseId: text(given.responseId),
    agentName: text(given.agentName) ?? run?.agentName ?? tracer.options.agentName,
    model: text(given.model),
    evaluatorModel: text(given.evaluatorModel),
    failure: given.error === undefined ? undefined : failureOf(given.error),
  };
  metrics?.evaluated(evaluation, context);
  if (content !== undefined)
    emitEvaluation(content, evaluation, trace.getSpanContext(context) ?? NOWHERE, context);
}

/** The span is somebody else's, or has ended: nothing but whose child the event is can be said with it. */
function evaluatedIn(
  tracer: RunTracer,
  { span, traceId, spanId }: EvaluationResult,
  active: Context,
): Context {
  if (span !== undefined) return trace.setSpan(active, span);
  if (traceId === undefined && spanId === undefined) return active;
  if (isValidTraceId(String(traceId)) && isValidSpanId(String(spanId)))
    return trace.setSpanContext(active, {
      traceId: String(traceId),
      spanId: String(spanId),
      traceFlags: TraceFlags.SAMPLED,
    });
  const isTrace = traceId === undefined || !isValidTraceId(traceId);
  tracer.guard.report(
    "reading which span was evaluated",
    isTrace
      ? badOption("traceId", "32 hexadecimal digits, with a `spanId`", traceId)
      : badOption("spanId", "16 hexadecimal digits", spanId),
  );
  return trace.deleteSpan(active);
}

function scoreOf(tracer: RunTracer, score: unknown): number | undefined {
  if (score === undefined || score === null) return undefined;
  if (typeof score === "boolean") return score ? 1 : 0;
  if (typeof score === "number" && Number.isFinite(score)) return score;
  tracer.guard.report("reading a score", badOption("score", "a finite number", score));
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
