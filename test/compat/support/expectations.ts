/** What the programs print, which is the report of programs/harness.cjs. */
export interface Report {
  readonly spans: readonly Span[];
  /** How often each metric was recorded; of token usage also the sum. */
  readonly metrics: Readonly<Record<string, number | readonly [count: number, sum: number]>>;
}

interface Span {
  readonly span: string;
  readonly model?: string;
  /** Input, output, cache read and cache creation. */
  readonly tokens?: readonly number[];
  readonly children: readonly Span[];
}

/** The versions of @langchain/core, with what follows from them. */
export type Core = "core 1" | "core 0.3";

/** Both calls with all that belongs to them: the request is a child of the model call, which is one of the application. */
export function traced(): Report {
  return {
    spans: bothCalls((request) => [{ ...modelCall(), children: [request] }]),
    metrics: metrics(),
  };
}

/**
 * Both calls, with the request beside the model call and not below it: LangChain makes it where our callbacks cannot
 * reach. A call's chunks are those that LangChain reports by callbacks, one less in core 0.3.
 */
export function tracedByCallbacks(core: Core): Report {
  const chunks = core === "core 1" ? 5 : 4;
  return {
    spans: bothCalls((request) => [request, modelCall()]),
    metrics: metrics(chunks),
  };
}

/** As traced, in a file that holds all: the package with the prices is data that stay outside. */
export function tracedWithoutPrices(): Report {
  return { ...traced(), metrics: { ...counts(), "langchain.pricing.missing": 2 } };
}

/** Nothing of ours; the HTTP instrumentation works on. */
export const untraced: Report = { spans: bothCalls((request) => [request]), metrics: {} };

// --- internal ---

function bothCalls(below: (request: Span) => readonly Span[]): readonly Span[] {
  const children = below({ span: "CLIENT POST", children: [] });
  return [
    { span: "INTERNAL invoke", children },
    { span: "INTERNAL stream", children },
  ];
}

function modelCall(): Span {
  return {
    span: "CLIENT gen_ai.chat",
    model: "openai gpt-5.4-mini-2026-03-17",
    tokens: [2540, 60, 2000, 500],
    children: [],
  };
}

/** USD per million tokens: fresh input and cache writes 0.75, cache reads 0.075, output 4.5. */
const USD = ((40 + 500) * 0.75 + 2000 * 0.075 + 60 * 4.5) / 1e6;

function metrics(chunks?: number): Report["metrics"] {
  return { ...counts(chunks), "langchain.call.cost": 2, "langchain.cost": 2 * USD };
}

function counts(chunks = 5): Report["metrics"] {
  const usage = "gen_ai.client.token.usage";
  return {
    "gen_ai.client.operation.duration": 2,
    "gen_ai.client.operation.time_per_output_chunk": chunks,
    "gen_ai.client.operation.time_to_first_chunk": 1,
    [`${usage} cache_creation`]: [2, 2 * 500],
    [`${usage} cache_read`]: [2, 2 * 2000],
    [`${usage} input`]: [2, 2 * 2540],
    [`${usage} output`]: [2, 2 * 60],
    "langchain.call.tokens": 2,
    "langchain.llm.calls": 2,
    "langchain.tokens": 2 * 2600,
  };
}
