import type { SemconvVersion } from "./gen-ai.ts";

/** What is needed to create an instrument. `buckets` go to the SDK as advice. */
export interface InstrumentDefinition {
  readonly name: string;
  readonly kind: "histogram" | "counter" | "up_down_counter" | "gauge";
  readonly unit: string;
  readonly description: string;
  readonly buckets?: readonly number[];
}

const DURATION_BUCKETS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const;

export const TOKEN_BUCKETS: readonly number[] = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
] as const;

/** Durations of a model call; both versions have them under different names. */
export interface DurationInstruments {
  readonly duration: InstrumentDefinition;
  readonly timeToFirstChunk: InstrumentDefinition;
  readonly timePerOutputChunk: InstrumentDefinition;
}

/** The conventions' instruments for model calls. */
export function durationInstruments(version: SemconvVersion): DurationInstruments {
  const prefix = version === "next" ? "gen_ai.client.inference" : "gen_ai.client.operation";
  return {
    duration: seconds(
      `${prefix}.duration`,
      version === "next"
        ? "GenAI client inference operation duration."
        : "GenAI operation duration.",
    ),
    timeToFirstChunk: seconds(
      `${prefix}.time_to_first_chunk`,
      "Time to receive the first chunk, measured from when the client issues the generation request to when the first chunk is received in the response stream.",
    ),
    timePerOutputChunk: seconds(
      `${prefix}.time_per_output_chunk`,
      "Time per output chunk, recorded for each chunk received after the first one, measured as the time elapsed from the end of the previous chunk to the end of the current chunk.",
    ),
  };
}

/** 1.41: one histogram for all kinds of tokens, told apart by `gen_ai.token.type`. */
export const TOKEN_USAGE: InstrumentDefinition = {
  name: "gen_ai.client.token.usage",
  kind: "histogram",
  unit: "{token}",
  description: "Number of input and output tokens used.",
  buckets: TOKEN_BUCKETS,
};

/** next: a counter per kind of token for volume, … */
export interface NextTokenCounters {
  readonly input: InstrumentDefinition;
  readonly output: InstrumentDefinition;
  readonly cacheRead: InstrumentDefinition;
  readonly cacheWrite: InstrumentDefinition;
  readonly reasoning: InstrumentDefinition;
}

export const NEXT_TOKEN_COUNTERS: NextTokenCounters = {
  input: tokens(
    "gen_ai.client.inference.usage.input_tokens",
    "input (prompt) tokens used, including cached tokens.",
  ),
  output: tokens(
    "gen_ai.client.inference.usage.output_tokens",
    "output (completion) tokens used, including reasoning tokens.",
  ),
  cacheRead: tokens(
    "gen_ai.client.inference.usage.cache_read.input_tokens",
    "input tokens served from a provider-managed cache.",
  ),
  cacheWrite: tokens(
    "gen_ai.client.inference.usage.cache_write.input_tokens",
    "input tokens written to a provider-managed cache.",
  ),
  reasoning: tokens(
    "gen_ai.client.inference.usage.reasoning.output_tokens",
    "output tokens used for reasoning (e.g. chain-of-thought, extended thinking).",
  ),
};

/** … and two histograms for percentiles. */
export interface NextTokenHistograms {
  readonly input: InstrumentDefinition;
  readonly output: InstrumentDefinition;
}

export const NEXT_TOKEN_HISTOGRAMS: NextTokenHistograms = {
  input: perOperation(
    "gen_ai.client.inference.operation.input_tokens",
    "input (prompt) tokens used per inference operation.",
  ),
  output: perOperation(
    "gen_ai.client.inference.operation.output_tokens",
    "output (completion) tokens used per inference operation.",
  ),
};

/** Durations of what is not a model call. 1.41 has none of them yet; their names and buckets are the next version's. */
export const INVOKE_AGENT_DURATION: InstrumentDefinition = {
  ...seconds(
    "gen_ai.invoke_agent.duration",
    "The end-to-end duration of a single in-process agent invocation.",
  ),
  buckets: [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6],
};
/** Only in the next version. */
export const INVOKE_AGENT_INFERENCE_CALLS: InstrumentDefinition = calls(
  "gen_ai.invoke_agent.inference_calls",
  "{inference_call}",
  "The number of inference (model) calls a GenAI agent makes during a single invocation.",
);
/** Only in the next version. */
export const INVOKE_AGENT_TOOL_CALLS: InstrumentDefinition = calls(
  "gen_ai.invoke_agent.tool_calls",
  "{tool_call}",
  "The number of tool calls a GenAI agent makes during a single invocation.",
);
export const EXECUTE_TOOL_DURATION: InstrumentDefinition = seconds(
  "gen_ai.execute_tool.duration",
  "The duration of a single tool execution.",
);
export const INVOKE_WORKFLOW_DURATION: InstrumentDefinition = {
  ...seconds("gen_ai.invoke_workflow.duration", "Records duration of GenAI workflow."),
  buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200],
};
/** Of retrievals and embeddings, in both versions. */
export const OPERATION_DURATION: InstrumentDefinition = seconds(
  "gen_ai.client.operation.duration",
  "GenAI operation duration.",
);

/** A duration, with the conventions' buckets. */
export function seconds(name: string, description: string): InstrumentDefinition {
  return { name, kind: "histogram", unit: "s", description, buckets: DURATION_BUCKETS };
}

// --- internal ---

function calls(name: string, unit: string, description: string): InstrumentDefinition {
  return { name, kind: "histogram", unit, description, buckets: [1, 2, 4, 8, 16, 32, 64, 128] };
}

function tokens(name: string, what: string): InstrumentDefinition {
  return { name, kind: "counter", unit: "{token}", description: `The number of ${what}` };
}

function perOperation(name: string, what: string): InstrumentDefinition {
  return {
    name,
    kind: "histogram",
    unit: "{token}",
    description: `The number of ${what}`,
    buckets: TOKEN_BUCKETS,
  };
}
