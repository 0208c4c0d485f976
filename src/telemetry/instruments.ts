import type { Counter, Histogram, UpDownCounter } from "@opentelemetry/api";

import type { SemconvVersion } from "../semconv/gen-ai.ts";
import {
  durationInstruments,
  EXECUTE_TOOL_DURATION,
  INVOKE_AGENT_DURATION,
  INVOKE_AGENT_INFERENCE_CALLS,
  INVOKE_AGENT_TOOL_CALLS,
  INVOKE_WORKFLOW_DURATION,
  OPERATION_DURATION,
  type InstrumentDefinition,
  NEXT_TOKEN_COUNTERS,
  NEXT_TOKEN_HISTOGRAMS,
  type NextTokenCounters,
  type NextTokenHistograms,
  TOKEN_USAGE,
} from "../semconv/metrics.ts";
import { ownModelInstruments, ownRunInstruments } from "../semconv/own-metrics.ts";
import type { LimitedMeter } from "./limited-meter.ts";

/** The instruments of model calls. Which of the token ones exist depends on the conventions' version. */
export interface ModelInstruments {
  readonly duration: Histogram;
  readonly embeddingsDuration: Histogram;
  readonly timeToFirstChunk: Histogram;
  readonly timePerOutputChunk: Histogram;
  readonly tokens: TokenInstruments;
  readonly ownCalls: Counter;
  readonly ownTokens: Counter;
  readonly ownCallTokens: Histogram;
}

type TokenInstruments =
  | { readonly version: "1.41"; readonly usage: Histogram }
  | {
      readonly version: "next";
      readonly counters: { readonly [kind in keyof NextTokenCounters]: Counter };
      readonly histograms: { readonly [kind in keyof NextTokenHistograms]: Histogram };
    };

export function createModelInstruments(
  meter: LimitedMeter,
  version: SemconvVersion,
  prefix: string,
): ModelInstruments {
  const durations = durationInstruments(version);
  const own = ownModelInstruments(prefix);
  return {
    duration: histogram(meter, durations.duration),
    embeddingsDuration: histogram(meter, OPERATION_DURATION),
    timeToFirstChunk: histogram(meter, durations.timeToFirstChunk),
    timePerOutputChunk: histogram(meter, durations.timePerOutputChunk),
    tokens:
      version === "next" ? nextTokens(meter) : { version, usage: histogram(meter, TOKEN_USAGE) },
    ownCalls: counter(meter, own.calls),
    ownTokens: counter(meter, own.tokens),
    ownCallTokens: histogram(meter, own.callTokens),
  };
}

/** The instruments of all other runs. */
export interface RunInstruments {
  readonly agentDuration: Histogram;
  /** The released conventions have no such metrics. */
  readonly agentCalls: { readonly inference: Histogram; readonly tool: Histogram } | undefined;
  readonly toolDuration: Histogram;
  readonly workflowDuration: Histogram;
  readonly operationDuration: Histogram;
  readonly agentRuns: Counter;
  readonly toolCalls: Counter;
  readonly retrievalCalls: Counter;
  readonly retrievalDuration: Histogram;
  readonly retrievalDocuments: Histogram;
  readonly sessionsActive: UpDownCounter;
  readonly errors: Counter;
  readonly guardrailRequests: Counter;
  readonly guardrailViolations: Counter;
  readonly gateDecisions: Counter;
  readonly evaluationRuns: Counter;
  readonly evaluationScore: Histogram;
  readonly cost: Counter;
  readonly callCost: Histogram;
  readonly runCost: Histogram;
  readonly runTokens: Histogram;
  readonly pricingMissing: Counter;
  readonly energy: Counter;
  readonly carbon: Counter;
  readonly redactions: Counter;
  readonly redactionFailures: Counter;
}

export function createRunInstruments(
  meter: LimitedMeter,
  version: SemconvVersion,
  prefix: string,
): RunInstruments {
  const own = ownRunInstruments(prefix);
  const { name, unit, description } = own.sessionsActive;
  return {
    agentDuration: histogram(meter, INVOKE_AGENT_DURATION),
    agentCalls:
      version === "next"
        ? {
            inference: histogram(meter, INVOKE_AGENT_INFERENCE_CALLS),
            tool: histogram(meter, INVOKE_AGENT_TOOL_CALLS),
          }
        : undefined,
    toolDuration: histogram(meter, EXECUTE_TOOL_DURATION),
    workflowDuration: histogram(meter, INVOKE_WORKFLOW_DURATION),
    operationDuration: histogram(meter, OPERATION_DURATION),
    agentRuns: counter(meter, own.agentRuns),
    toolCalls: counter(meter, own.toolCalls),
    retrievalCalls: counter(meter, own.retrievalCalls),
    retrievalDuration: histogram(meter, own.retrievalDuration),
    retrievalDocuments: histogram(meter, own.retrievalDocuments),
    sessionsActive: meter.createUpDownCounter(name, { unit, description }),
    errors: counter(meter, own.errors),
    guardrailRequests: counter(meter, own.guardrailRequests),
    guardrailViolations: counter(meter, own.guardrailViolations),
    gateDecisions: counter(meter, own.gateDecisions),
    evaluationRuns: counter(meter, own.evaluationRuns),
    evaluationScore: histogram(meter, own.evaluationScore),
    cost: counter(meter, own.cost),
    callCost: histogram(meter, own.callCost),
    runCost: histogram(meter, own.runCost),
    runTokens: histogram(meter, own.runTokens),
    pricingMissing: counter(meter, own.pricingMissing),
    energy: counter(meter, own.energy),
    carbon: counter(meter, own.carbon),
    redactions: counter(meter, own.redactions),
    redactionFailures: counter(meter, own.redactionFailures),
  };
}

// --- internal ---

function nextTokens(meter: LimitedMeter): TokenInstruments {
  return {
    version: "next",
    counters: {
      input: counter(meter, NEXT_TOKEN_COUNTERS.input),
      output: counter(meter, NEXT_TOKEN_COUNTERS.output),
      cacheRead: counter(meter, NEXT_TOKEN_COUNTERS.cacheRead),
      cacheWrite: counter(meter, NEXT_TOKEN_COUNTERS.cacheWrite),
      reasoning: counter(meter, NEXT_TOKEN_COUNTERS.reasoning),
    },
    histograms: {
      input: histogram(meter, NEXT_TOKEN_HISTOGRAMS.input),
      output: histogram(meter, NEXT_TOKEN_HISTOGRAMS.output),
    },
  };
}

export function histogram(
  meter: LimitedMeter,
  { name, unit, description, buckets }: InstrumentDefinition,
): Histogram {
  const advice =
    buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } };
  return meter.createHistogram(name, { unit, description, ...advice });
}

function counter(meter: LimitedMeter, { name, unit, description }: InstrumentDefinition): Counter {
  return meter.createCounter(name, { unit, description });
}
