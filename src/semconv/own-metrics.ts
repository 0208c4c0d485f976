import { type InstrumentDefinition, seconds, TOKEN_BUCKETS } from "./metrics.ts";

/** Our own instruments for runs other than model calls. */
export interface OwnRunInstruments {
  readonly agentRuns: InstrumentDefinition;
  readonly toolCalls: InstrumentDefinition;
  readonly retrievalCalls: InstrumentDefinition;
  readonly retrievalDuration: InstrumentDefinition;
  readonly retrievalDocuments: InstrumentDefinition;
  readonly sessionsActive: InstrumentDefinition;
  readonly errors: InstrumentDefinition;
  readonly guardrailRequests: InstrumentDefinition;
  readonly guardrailViolations: InstrumentDefinition;
  readonly gateDecisions: InstrumentDefinition;
  readonly evaluationRuns: InstrumentDefinition;
  readonly evaluationScore: InstrumentDefinition;
  readonly cost: InstrumentDefinition;
  readonly callCost: InstrumentDefinition;
  readonly runCost: InstrumentDefinition;
  readonly runTokens: InstrumentDefinition;
  readonly pricingMissing: InstrumentDefinition;
  readonly energy: InstrumentDefinition;
  readonly carbon: InstrumentDefinition;
  readonly redactions: InstrumentDefinition;
  readonly redactionFailures: InstrumentDefinition;
}

export function ownRunInstruments(prefix: string): OwnRunInstruments {
  return {
    agentRuns: own(prefix, "agent.runs", "counter", "{run}", "Number of agent runs, by outcome."),
    toolCalls: own(prefix, "tool.calls", "counter", "{call}", "Number of tool calls, by outcome."),
    retrievalCalls: own(
      prefix,
      "retrieval.calls",
      "counter",
      "{call}",
      "Number of retrievals, by outcome.",
    ),
    retrievalDuration: seconds(`${prefix}.retrieval.duration`, "Duration of a retrieval."),
    retrievalDocuments: {
      ...own(
        prefix,
        "retrieval.documents",
        "histogram",
        "{document}",
        "Number of documents that a retrieval found.",
      ),
      buckets: [0, 1, 2, 3, 4, 5, 10, 20, 50, 100],
    },
    sessionsActive: own(
      prefix,
      "sessions.active",
      "up_down_counter",
      "{session}",
      "Number of sessions with an agent or a graph at work.",
    ),
    errors: own(prefix, "errors", "counter", "{error}", "Number of failed runs, by category."),
    guardrailRequests: own(
      prefix,
      "guardrail.requests",
      "counter",
      "{request}",
      "Number of calls that a guardrail watched or stepped in.",
    ),
    guardrailViolations: own(
      prefix,
      "guardrail.violations",
      "counter",
      "{violation}",
      "Number of what guardrails found, by action and category.",
    ),
    gateDecisions: own(
      prefix,
      "gate.decisions",
      "counter",
      "{decision}",
      "Number of decisions of gates, by verdict.",
    ),
    evaluationRuns: own(
      prefix,
      "evaluation.runs",
      "counter",
      "{evaluation}",
      "Number of evaluations, by outcome.",
    ),
    evaluationScore: {
      ...own(prefix, "evaluation.score", "histogram", "{score}", "Scores of evaluations."),
      buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5, 10, 100],
    },
    cost: own(prefix, "cost", "counter", "{USD}", "What model calls cost."),
    callCost: {
      ...own(prefix, "call.cost", "histogram", "{USD}", "What a model call costs."),
      buckets: COST_BUCKETS,
    },
    runCost: {
      ...own(
        prefix,
        "run.cost",
        "histogram",
        "{USD}",
        "What all model calls of an agent's or a graph's run cost.",
      ),
      buckets: COST_BUCKETS,
    },
    runTokens: {
      ...own(
        prefix,
        "run.tokens",
        "histogram",
        "{token}",
        "Tokens of all model calls of an agent's or a graph's run.",
      ),
      buckets: TOKEN_BUCKETS,
    },
    pricingMissing: own(
      prefix,
      "pricing.missing",
      "counter",
      "{call}",
      "Number of model calls whose price is not known.",
    ),
    energy: own(
      prefix,
      "energy",
      "counter",
      "{Wh}",
      "An estimate of the energy that model calls take.",
    ),
    carbon: own(
      prefix,
      "carbon",
      "counter",
      "{gCO2e}",
      "An estimate of the carbon that model calls make.",
    ),
    redactions: own(
      prefix,
      "redaction.applied",
      "counter",
      "{redaction}",
      "Number of times something was taken out of captured content, by detector.",
    ),
    redactionFailures: own(
      prefix,
      "redaction.failures",
      "counter",
      "{value}",
      "Number of captured values that were dropped because they could not be checked.",
    ),
  };
}

/** Our own instruments for model calls; the prefix is the `metricPrefix` option. */
export interface OwnModelInstruments {
  readonly calls: InstrumentDefinition;
  readonly tokens: InstrumentDefinition;
  readonly callTokens: InstrumentDefinition;
}

export function ownModelInstruments(prefix: string): OwnModelInstruments {
  return {
    calls: {
      name: `${prefix}.llm.calls`,
      kind: "counter",
      unit: "{call}",
      description: "Number of model calls, by outcome.",
    },
    tokens: {
      name: `${prefix}.tokens`,
      kind: "counter",
      unit: "{token}",
      description: "Number of tokens used, by direction.",
    },
    callTokens: {
      name: `${prefix}.call.tokens`,
      kind: "histogram",
      unit: "{token}",
      description: "Number of tokens of one model call, input and output together.",
      buckets: [10, 50, 100, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000],
    },
  };
}

/** An instrument of ours. */
export function own(
  prefix: string,
  name: string,
  kind: InstrumentDefinition["kind"],
  unit: string,
  description: string,
): InstrumentDefinition {
  return { name: `${prefix}.${name}`, kind, unit, description };
}

// --- internal ---

/** From a hundredth of a cent on; 0.01 is where people begin to ask. */
const COST_BUCKETS = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50,
  100,
];
