import type { Attributes, Context } from "@opentelemetry/api";

import type { Dialect } from "../dialects/dialect.ts";
import {
  type AgentRequest,
  type Evaluation,
  hasFailed,
  type RunEnd,
  type RunRequest,
} from "../operation.ts";
import { GEN_AI, type SemconvVersion } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import { ATTR_ERROR_TYPE } from "../semconv/stable.ts";
import { countCost } from "./cost-metrics.ts";
import { DialectMetrics } from "./dialect-metrics.ts";
import { errorAttributes } from "./error-attributes.ts";
import { countGuardrail } from "./guardrail-metrics.ts";
import { createRunInstruments, type RunInstruments } from "./instruments.ts";
import type { LimitedMeter } from "./limited-meter.ts";
import { type EndedMcpSession, McpMetrics } from "./mcp-metrics.ts";
import { ModelMetrics } from "./model-metrics.ts";

/** Records runs of every kind. Instruments are made again when the meter is another: the metrics API has no proxy. */
export class RunMetrics {
  readonly #meter: () => LimitedMeter;
  readonly #version: SemconvVersion;
  readonly #prefix: string;
  readonly #models: ModelMetrics;
  readonly #mcp: McpMetrics;
  readonly #dialects: DialectMetrics;
  #instruments: { meter: LimitedMeter; made: RunInstruments } | undefined;

  /** @param dialects what else has metrics something to say */
  constructor(
    meter: () => LimitedMeter,
    version: SemconvVersion,
    prefix: string,
    dialects: readonly Dialect[] = [],
  ) {
    this.#meter = meter;
    this.#version = version;
    this.#prefix = prefix;
    this.#models = new ModelMetrics(meter, version, prefix);
    this.#mcp = new McpMetrics(meter);
    this.#dialects = new DialectMetrics(meter, dialects);
  }

  /** Attributes of all the conventions' metrics of one run; made once per run, since a stream records at every chunk. */
  requestAttributes(request: RunRequest): Attributes {
    return { ...this.#conventional(request), ...this.#dialects.requestAttributes(request) };
  }

  /** One chunk of a model's answer after the first: the seconds since the chunk before. */
  chunk(seconds: number, attributes: Attributes, context: Context): void {
    this.#models.chunk(seconds, attributes, context);
  }

  /** A run that ended, well or not. */
  end(
    request: RunRequest,
    end: RunEnd,
    seconds: number,
    attributes: Attributes,
    context: Context,
  ): void {
    this.#dialects.end(request, end, context);
    if (hasFailed(end)) this.#made().errors.add(1, errorAttributes(request, end.failure), context);
    countGuardrail(this.#made(), request, end, context);
    countCost(this.#made(), request, end, context);
    if (request.kind === "model")
      return this.#models.end(request, end, seconds, attributes, context);
    if (request.kind === "embeddings" && request.reportedElsewhere === true) return;
    if (request.kind === "embeddings")
      return this.#models.embeddings(end, seconds, attributes, context);
    if (request.kind === "mcp") return this.#mcp.end(request, end, seconds, attributes, context);
    const made = this.#made();
    const ended = hasFailed(end)
      ? { ...attributes, [ATTR_ERROR_TYPE]: end.failure?.type ?? "_OTHER" }
      : attributes;
    const status = { [OWN_METRIC.status]: end.outcome };
    switch (request.kind) {
      case "agent":
        made.agentDuration.record(seconds, ended, context);
        made.agentCalls?.inference.record(end.calls?.inference ?? 0, attributes, context);
        made.agentCalls?.tool.record(end.calls?.tool ?? 0, attributes, context);
        made.agentRuns.add(1, { ...agent(request), ...pattern(request), ...status }, context);
        return;
      case "workflow":
        made.workflowDuration.record(seconds, ended, context);
        return;
      case "tool":
        made.toolDuration.record(seconds, ended, context);
        made.toolCalls.add(
          1,
          { [GEN_AI.toolName]: request.name, ...agent(request), ...status },
          context,
        );
        return;
      case "gate":
        if (end.decision !== undefined) {
          const { verdict } = end.decision;
          const decided = {
            [OWN_METRIC.gate]: request.name,
            [OWN_METRIC.verdict]: verdict,
            ...agent(request),
          };
          made.gateDecisions.add(1, decided, context);
        }
        return;
      case "memory":
        made.operationDuration.record(seconds, ended, context);
        return;
      case "retriever": {
        const own = {
          ...(request.source === undefined ? {} : { [OWN_METRIC.source]: request.source }),
          ...agent(request),
          ...status,
        };
        made.operationDuration.record(seconds, ended, context);
        made.retrievalDuration.record(seconds, own, context);
        made.retrievalCalls.add(1, own, context);
        if (end.documents !== undefined)
          made.retrievalDocuments.record(end.documents, own, context);
        return;
      }
      default:
        return;
    }
  }

  /** Somebody has looked at how well something was done. */
  evaluated(evaluation: Evaluation, context: Context): void {
    const { evaluationRuns, evaluationScore } = this.#made();
    const { name, score, model, evaluatorModel, failure } = evaluation;
    const attributes: Attributes = {
      [OWN_METRIC.evaluationType]: name,
      ...(evaluatorModel === undefined ? {} : { [OWN_METRIC.evaluatorModel]: evaluatorModel }),
      ...(model === undefined ? {} : { [GEN_AI.requestModel]: model }),
      ...agent(evaluation),
    };
    const status = failure === undefined ? "ok" : "error";
    evaluationRuns.add(1, { ...attributes, [OWN_METRIC.status]: status }, context);
    if (score !== undefined) evaluationScore.record(score, attributes, context);
  }

  /** Something was taken out of what was said, by detector. */
  redacted(counts: ReadonlyMap<string, number>, context: Context): void {
    const made = this.#made();
    for (const [detector, count] of counts) {
      if (detector === "failed") made.redactionFailures.add(count, {}, context);
      else made.redactions.add(count, { [OWN_METRIC.detector]: detector }, context);
    }
  }

  /** A session has an agent or a graph at work (1), or no longer (-1). */
  session(change: 1 | -1, agentName: string | undefined, context: Context): void {
    this.#made().sessionsActive.add(change, agent({ agentName }), context);
  }

  /** A session of the Model Context Protocol is over. */
  mcpSession(session: EndedMcpSession, seconds: number): void {
    this.#mcp.session(session, seconds);
  }

  #conventional(request: RunRequest): Attributes {
    switch (request.kind) {
      case "model":
        return this.#models.requestAttributes(request);
      case "embeddings":
        return this.#models.requestAttributes({ ...request, operation: "embeddings" });
      case "retriever":
        return { [GEN_AI.operationName]: "retrieval" };
      case "memory":
        return { [GEN_AI.operationName]: request.operation };
      case "tool":
        return {
          [GEN_AI.toolName]: request.name,
          [GEN_AI.toolType]: "function",
          ...agent(request),
        };
      case "agent":
        return agent(request);
      case "workflow":
        return request.name === undefined ? {} : { [GEN_AI.workflowName]: request.name };
      case "mcp":
        return this.#mcp.requestAttributes(request);
      default:
        return {};
    }
  }

  #made(): RunInstruments {
    const meter = this.#meter();
    if (this.#instruments?.meter !== meter) {
      this.#instruments = { meter, made: createRunInstruments(meter, this.#version, this.#prefix) };
    }
    return this.#instruments.made;
  }
}

// --- internal ---

function agent({ agentName }: { readonly agentName?: string | undefined }): Attributes {
  return agentName === undefined ? {} : { [GEN_AI.agentName]: agentName };
}

function pattern({ pattern: name }: AgentRequest): Attributes {
  return name === undefined ? {} : { [OWN_METRIC.pattern]: name };
}
