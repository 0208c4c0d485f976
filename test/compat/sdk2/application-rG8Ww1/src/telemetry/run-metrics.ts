import type { Attributes, Context, Meter } from "@opentelemetry/api";

import type { AgentRequest, RunEnd, RunRequest } from "../operation.ts";
import { GEN_AI, type SemconvVersion } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import { ATTR_ERROR_TYPE } from "../semconv/stable.ts";
import { createRunInstruments, type RunInstruments } from "./instruments.ts";
import { McpMetrics } from "./mcp-metrics.ts";
import { ModelMetrics } from "./model-metrics.ts";

/** Records runs of every kind. Instruments are made again when the meter is another: the metrics API has no proxy. */
export class RunMetrics {
  readonly #meter: () => Meter;
  readonly #prefix: string;
  readonly #models: ModelMetrics;
  readonly #mcp: McpMetrics;
  #instruments: { meter: Meter; made: RunInstruments } | undefined;

  constructor(meter: () => Meter, version: SemconvVersion, prefix: string) {
    this.#meter = meter;
    this.#prefix = prefix;
    this.#models = new ModelMetrics(meter, version, prefix);
    this.#mcp = new McpMetrics(meter);
  }

  /** Attributes of all the conventions' metrics of one run; made once per run, since a stream records at every chunk. */
  requestAttributes(request: RunRequest): Attributes {
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
    if (request.kind === "model")
      return this.#models.end(request, end, seconds, attributes, context);
    if (request.kind === "embeddings" && request.reportedElsewhere === true) return;
    if (request.kind === "embeddings")
      return this.#models.embeddings(end, seconds, attributes, context);
    if (request.kind === "mcp") return this.#mcp.end(request, end, seconds, attributes, context);
    const made = this.#made();
    const ended =
      end.outcome === "error"
        ? { ...attributes, [ATTR_ERROR_TYPE]: end.failure?.type ?? "_OTHER" }
        : attributes;
    const status = { [OWN_METRIC.status]: end.outcome };
    switch (request.kind) {
      case "agent":
        made.agentDuration.record(seconds, ended, context);
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
      case "memory":
        made.operationDuration.record(seconds, ended, context);
        return;
      case "retriever": {
        const own = {
          ...(request.source === undefined ? {} : { source: request.source }),
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

  /** A session has an agent or a graph at work (1), or no longer (-1). */
  session(change: 1 | -1, agentName: string | undefined, context: Context): void {
    this.#made().sessionsActive.add(change, agent({ agentName }), context);
  }

  #made(): RunInstruments {
    const meter = this.#meter();
    if (this.#instruments?.meter !== meter) {
      this.#instruments = { meter, made: createRunInstruments(meter, this.#prefix) };
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
