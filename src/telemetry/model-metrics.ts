import type { Attributes, Context } from "@opentelemetry/api";

import type { ModelRequest, RunEnd, Server, Usage } from "../operation.ts";
import { GEN_AI, type SemconvVersion } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import { ATTR_ERROR_TYPE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from "../semconv/stable.ts";
import { createModelInstruments, type ModelInstruments } from "./instruments.ts";
import type { LimitedMeter } from "./limited-meter.ts";

/** Records model calls. Instruments are made again when the meter is another: the metrics API has no proxy. */
export class ModelMetrics {
  readonly #meter: () => LimitedMeter;
  readonly #version: SemconvVersion;
  readonly #prefix: string;
  #instruments: { meter: LimitedMeter; made: ModelInstruments } | undefined;

  constructor(meter: () => LimitedMeter, version: SemconvVersion, prefix: string) {
    this.#meter = meter;
    this.#version = version;
    this.#prefix = prefix;
  }

  /** Attributes of all metrics of one call; made once per call, since a stream records with them at every chunk. */
  requestAttributes(request: ProviderRequest): Attributes {
    const attributes: Attributes = {
      [GEN_AI.operationName]: request.operation,
      [GEN_AI.providerName]: request.provider,
    };
    if (request.model !== undefined) attributes[GEN_AI.requestModel] = request.model;
    if (request.server !== undefined) {
      attributes[ATTR_SERVER_ADDRESS] = request.server.address;
      if (request.server.port !== undefined) attributes[ATTR_SERVER_PORT] = request.server.port;
    }
    return attributes;
  }

  /** One chunk after the first: the seconds since the chunk before. */
  chunk(seconds: number, attributes: Attributes, context: Context): void {
    this.#made().timePerOutputChunk.record(seconds, attributes, context);
  }

  /** A call that ended, well or not. A call that LangChain's cache answered used no provider: it is only counted. */
  end(
    request: ModelRequest,
    end: RunEnd,
    seconds: number,
    attributes: Attributes,
    context: Context,
  ): void {
    const made = this.#made();
    made.ownCalls.add(
      1,
      {
        ...ownAttributes(request),
        [OWN_METRIC.status]: end.outcome,
        [OWN_METRIC.streaming]: end.streamed === true,
      },
      context,
    );
    if (end.response?.cached === true) return;
    const model = end.response?.model;
    const answered =
      model === undefined ? attributes : { ...attributes, [GEN_AI.responseModel]: model };
    const failed =
      end.outcome === "error"
        ? { ...answered, [ATTR_ERROR_TYPE]: end.failure?.type ?? "_OTHER" }
        : answered;
    if (request.reportedElsewhere !== true) made.duration.record(seconds, failed, context);
    if (end.timeToFirstChunk !== undefined)
      made.timeToFirstChunk.record(end.timeToFirstChunk, answered, context);
    if (end.response?.usage !== undefined)
      this.#tokens(request, end.response.usage, answered, failed, context);
  }

  /** Embeddings have a duration and, where the provider said so, input tokens. */
  embeddings(end: RunEnd, seconds: number, attributes: Attributes, context: Context): void {
    const made = this.#made();
    const model = end.response?.model;
    const answered =
      model === undefined ? attributes : { ...attributes, [GEN_AI.responseModel]: model };
    const failed =
      end.outcome === "error"
        ? { ...answered, [ATTR_ERROR_TYPE]: end.failure?.type ?? "_OTHER" }
        : answered;
    made.embeddingsDuration.record(seconds, failed, context);
    const tokens = end.response?.usage?.inputTokens;
    if (tokens === undefined) return;
    if (made.tokens.version === "1.41")
      made.tokens.usage.record(tokens, { ...answered, [GEN_AI.tokenType]: "input" }, context);
  }

  #tokens(
    request: ModelRequest,
    usage: Usage,
    answered: Attributes,
    failed: Attributes,
    context: Context,
  ): void {
    const { tokens, ownTokens, ownCallTokens } = this.#made();
    const own = ownAttributes(request);
    const { inputTokens, outputTokens } = usage;
    if (inputTokens !== undefined)
      ownTokens.add(inputTokens, { ...own, [OWN_METRIC.direction]: "input" }, context);
    if (outputTokens !== undefined)
      ownTokens.add(outputTokens, { ...own, [OWN_METRIC.direction]: "output" }, context);
    if (inputTokens !== undefined && outputTokens !== undefined) {
      ownCallTokens.record(inputTokens + outputTokens, own, context);
    }
    if (request.reportedElsewhere === true) return;
    if (tokens.version === "1.41") {
      for (const [type, count] of tokensByType(usage)) {
        tokens.usage.record(count, { ...answered, [GEN_AI.tokenType]: type }, context);
      }
      return;
    }
    // The provider gives no breakdown by modality here, and the convention forbids to guess "text".
    const counted = { ...answered, [GEN_AI.tokenModality]: "unknown" };
    const { counters, histograms } = tokens;
    if (inputTokens !== undefined) counters.input.add(inputTokens, counted, context);
    if (outputTokens !== undefined) counters.output.add(outputTokens, counted, context);
    if (usage.cacheReadTokens) counters.cacheRead.add(usage.cacheReadTokens, counted, context);
    if (usage.cacheWriteTokens) counters.cacheWrite.add(usage.cacheWriteTokens, counted, context);
    if (usage.reasoningTokens) counters.reasoning.add(usage.reasoningTokens, counted, context);
    if (inputTokens !== undefined) histograms.input.record(inputTokens, failed, context);
    if (outputTokens !== undefined) histograms.output.record(outputTokens, failed, context);
  }

  #made(): ModelInstruments {
    const meter = this.#meter();
    if (this.#instruments?.meter !== meter) {
      this.#instruments = {
        meter,
        made: createModelInstruments(meter, this.#version, this.#prefix),
      };
    }
    return this.#instruments.made;
  }
}

// --- internal ---

/** A request to a provider, as its metrics name it. */
interface ProviderRequest {
  readonly operation: string;
  readonly provider: string;
  readonly model?: string | undefined;
  readonly server?: Server | undefined;
}

/** The cache parts are inside `input` already: they are recorded beside it, and only when there were any. */
function tokensByType(usage: Usage): [type: string, count: number][] {
  const counts: [string, number][] = [];
  if (usage.inputTokens !== undefined) counts.push(["input", usage.inputTokens]);
  if (usage.outputTokens !== undefined) counts.push(["output", usage.outputTokens]);
  if (usage.cacheReadTokens) counts.push(["cache_read", usage.cacheReadTokens]);
  if (usage.cacheWriteTokens) counts.push(["cache_creation", usage.cacheWriteTokens]);
  return counts;
}

function ownAttributes(request: ModelRequest): Attributes {
  const attributes: Attributes = { [GEN_AI.providerName]: request.provider };
  if (request.model !== undefined) attributes[GEN_AI.requestModel] = request.model;
  if (request.agentName !== undefined) attributes[GEN_AI.agentName] = request.agentName;
  return attributes;
}
