/**
 * The neutral record of a run: what the producer half (which knows LangChain) tells the consumer half (which
 * knows attribute names). Neither half sees the other's types, so that a provider and a vocabulary are one file each.
 */
import type { Attributes } from "@opentelemetry/api";

/** What is known of a run when it starts. */
export type RunRequest =
  | ModelRequest
  | EmbeddingsRequest
  | RetrieverRequest
  | ToolRequest
  | AgentRequest
  | WorkflowRequest
  | NodeRequest
  | ChainRequest
  | CheckpointRequest
  | MemoryRequest
  | McpRequest
  | RootRequest
  | StepRequest
  | GateRequest;

/** What every kind of run may have. */
export interface CommonRequest {
  /** LangChain's run id, where LangChain knows of the run. */
  readonly runId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The agent that the run belongs to, or is. */
  readonly agentName?: string | undefined;
  /** 2 for the first retry of `withRetry`, and so on. */
  readonly retryAttempt?: number | undefined;
  readonly association?: Association | undefined;
  /** What its span is called where the application says so. @default by kind */
  readonly spanName?: string | undefined;
  /** What else its span says, by the application's own names. For spans, never for metrics. */
  readonly attributes?: Attributes | undefined;
}

/** Whose run it is, and of what: what the application says of it, and all below it. For spans, never for metrics. */
export interface Association {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly promptName?: string | undefined;
  readonly promptVersion?: string | undefined;
  readonly agentRole?: string | undefined;
  readonly workflowVersion?: string | undefined;
  readonly workflowVariant?: string | undefined;
  readonly compliance?: string | undefined;
  /** What else the application allows, by attribute name. */
  readonly others?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** A call of a chat or text model. */
export interface ModelRequest extends CommonRequest {
  readonly kind: "model";
  readonly operation: "chat" | "text_completion";
  /** A value of `gen_ai.provider.name`. */
  readonly provider: string;
  readonly model?: string | undefined;
  readonly server?: Server | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly choiceCount?: number | undefined;
  /** `true` when the request says so; a stream can also be seen only later, by its chunks. */
  readonly stream?: boolean | undefined;
  readonly outputType?: "text" | "json" | undefined;
  readonly reasoningLevel?: string | undefined;
  readonly serviceTier?: string | undefined;
  /** For OpenAI's API: which of its two endpoints. */
  readonly apiType?: "chat_completions" | "responses" | undefined;
  /** The guardrail that the provider shall apply. */
  readonly guardrail?: Guardrail | undefined;
  /** Another instrumentation makes the span of this call and counts its tokens; ours would be the second. */
  readonly reportedElsewhere?: boolean | undefined;
}

/** A request for embeddings. */
export interface EmbeddingsRequest extends CommonRequest {
  readonly kind: "embeddings";
  readonly provider: string;
  readonly model?: string | undefined;
  readonly server?: Server | undefined;
  /** How many numbers a vector shall have, where that was asked for. */
  readonly dimensions?: number | undefined;
  /** As of a model. */
  readonly reportedElsewhere?: boolean | undefined;
  readonly encodingFormats?: readonly string[] | undefined;
}

export interface RetrieverRequest extends CommonRequest {
  readonly kind: "retriever";
  /** What is searched, by a low-cardinality name. */
  readonly source?: string | undefined;
  readonly topK?: number | undefined;
}

export interface ToolRequest extends CommonRequest {
  readonly kind: "tool";
  readonly name: string;
  readonly description?: string | undefined;
  /** The model's id of the call. */
  readonly callId?: string | undefined;
}

/** An agent; its name is `agentName`. */
export interface AgentRequest extends CommonRequest {
  readonly kind: "agent";
  /** How it works, such as `react`. */
  readonly pattern?: string | undefined;
}

/** A graph that is no agent. */
export interface WorkflowRequest extends CommonRequest {
  readonly kind: "workflow";
  /** Absent when it has no name of its own. */
  readonly name?: string | undefined;
  readonly pattern?: string | undefined;
  /** What it is if it turns out to be an agent. */
  readonly perhaps?: AgentRequest | undefined;
}

/** A node of a graph, or a task of LangGraph's functional API. */
export interface NodeRequest extends CommonRequest {
  readonly kind: "node";
  readonly node: string;
  readonly step?: number | undefined;
}

/** Any other chain: a sequence, a lambda, a prompt template. */
export interface ChainRequest extends CommonRequest {
  readonly kind: "chain";
  readonly name: string;
}

/** A request or notification of the Model Context Protocol, as the one who sends it (`client`) or receives it (`server`) sees it. */
export interface McpRequest extends CommonRequest {
  readonly kind: "mcp";
  readonly side: "client" | "server";
  readonly method: string;
  /** Of `tools/call`. */
  readonly toolName?: string | undefined;
  readonly promptName?: string | undefined;
  readonly resourceUri?: string | undefined;
  /** The JSON-RPC id. */
  readonly requestId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly protocolVersion?: string | undefined;
  /** `pipe` is a child process's standard input and output. */
  readonly transport?: "pipe" | "tcp" | undefined;
  readonly protocolName?: "http" | "websocket" | undefined;
  readonly server?: Server | undefined;
}

/** Where something comes in that no other instrumentation sees, such as a message of a chat. */
export interface RootRequest extends CommonRequest {
  readonly kind: "root";
  readonly name: string;
}

/** A piece of the application's own work that no convention knows; `infra` is what it needs to work at all. */
export interface StepRequest extends CommonRequest {
  readonly kind: "infra" | "trace";
  readonly name: string;
  /** Something else does the work, and is asked for it: a database, a cache, another service. */
  readonly outside?: boolean | undefined;
}

/** A decision on whether something may go on: a policy, an approval, a guard. */
export interface GateRequest extends CommonRequest {
  readonly kind: "gate";
  readonly name: string;
}

/** A graph's state, read or written by its checkpointer. */
export interface CheckpointRequest extends CommonRequest {
  readonly kind: "checkpoint";
  readonly operation: "get" | "put";
  /** The graph's step that a whole checkpoint is of. */
  readonly step?: number | undefined;
  /** How many values of one task are written, which is no whole checkpoint. */
  readonly writes?: number | undefined;
}

/** An operation of a graph's long-term store. */
export interface MemoryRequest extends CommonRequest {
  readonly kind: "memory";
  readonly operation: "search_memory" | "upsert_memory" | "delete_memory";
  /** The namespace, its parts joined by `/`. */
  readonly storeId?: string | undefined;
  /** The key, where it is about one record. */
  readonly recordId?: string | undefined;
  /** How many records it is about, where that is known before. */
  readonly recordCount?: number | undefined;
}

/** Where the request goes. */
export interface Server {
  readonly address: string;
  readonly port?: number | undefined;
}

/** What came back, known when the call ends. */
export interface ModelResponse {
  readonly model?: string | undefined;
  /** The provider's id of the response, never LangChain's own `run-…`. */
  readonly id?: string | undefined;
  /** The provider's words, one per choice. */
  readonly finishReasons?: readonly string[] | undefined;
  readonly usage?: Usage | undefined;
  readonly serviceTier?: string | undefined;
  readonly systemFingerprint?: string | undefined;
  /** LangChain's cache answered; nothing was sent. */
  readonly cached?: boolean | undefined;
}

/**
 * Tokens as the provider counted them. `inputTokens` includes what was read from and written to the provider's cache,
 * `outputTokens` includes reasoning. Absent is unknown, which is not 0.
 */
export interface Usage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  /** The part of `cacheWriteTokens` that is kept for an hour (Anthropic, Bedrock). */
  readonly cacheWrite1hTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly audioInputTokens?: number | undefined;
  readonly audioOutputTokens?: number | undefined;
}

/**
 * How a run ended. Only `error` makes a red span: a person who approves (`interrupted`), a user who leaves
 * (`cancelled`) and a policy that says no (`blocked`) are no failures.
 */
export type Outcome = "ok" | "error" | "cancelled" | "interrupted" | "blocked" | "abandoned";

/**
 * What kind of failure it is, which says who can do something about it. `provider_error` is whoever was asked over the
 * network, `internal_error` the application.
 */
export type ErrorCategory =
  | "timeout"
  | "rate_limit"
  | "validation_error"
  | "provider_error"
  | "internal_error"
  | "unknown";

/** Why a run failed. */
export interface Failure {
  /** Low cardinality: a class name, a provider's code or an HTTP status. */
  readonly type: string;
  /** One line, without secrets. */
  readonly message: string;
  readonly stack?: string | undefined;
  /** @default "unknown" */
  readonly category?: ErrorCategory | undefined;
  /** Whether the same call may succeed when it is made again. Absent when nobody says so. */
  readonly retryable?: boolean | undefined;
  /** The class of what was thrown, where `type` is a code, or of what it was caused by. @default type */
  readonly exceptionType?: string | undefined;
  /** `false`: it was answered, not thrown, so that there is no exception to tell of. @default true */
  readonly thrown?: boolean | undefined;
}

/** A guardrail: rules that somebody has made for what may be said to a model and by it. */
export interface Guardrail {
  readonly id?: string | undefined;
  readonly version?: string | undefined;
}

/** What a guardrail, or a filter that the provider has for everybody, did in a run. */
export interface Intervention extends Guardrail {
  /** At least one, each of another kind. */
  readonly violations: readonly Violation[];
}

/** `detected` was found and let through. */
export interface Violation {
  readonly action: "blocked" | "anonymized" | "detected";
  /** What was found, in a word of whoever looked. */
  readonly category?: string | undefined;
}

/** What a gate has decided. */
export interface Decision {
  readonly verdict: "allowed" | "blocked";
  /** In a few words. */
  readonly reason?: string | undefined;
  /** From 0, which is sure, to 1. */
  readonly uncertainty?: number | undefined;
}

/** How well something was done that a run has done, as somebody has found. */
export interface Evaluation {
  /** What was looked at, such as `relevance`. */
  readonly name: string;
  readonly score?: number | undefined;
  /** The score in a word. */
  readonly label?: string | undefined;
  /** Redacted. */
  readonly explanation?: string | undefined;
  /** The provider's id of the answer that was looked at. */
  readonly responseId?: string | undefined;
  /** Whose work it was. */
  readonly agentName?: string | undefined;
  readonly model?: string | undefined;
  /** The model that has judged. */
  readonly evaluatorModel?: string | undefined;
  /** Why there is no score: it could not be found out. */
  readonly failure?: Failure | undefined;
}

/** How a run went, beside what was asked. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly failure?: Failure | undefined;
  /** Tokens of all model calls below, for runs that have any. */
  readonly totals?: Totals | undefined;
  /** Of a call: what it cost; `"missing"` where its tokens are known and no price is. */
  readonly cost?: RunCost | "missing" | undefined;
  /** What the calls below it cost, as far as that is known. `incomplete`: of some, the price is not. */
  readonly costs?: { readonly usd: number | undefined; readonly incomplete: boolean } | undefined;
  /** An estimate of what the call took, by figures that the application has given. */
  readonly energy?: RunEnergy | undefined;
  /** It is an agent or a graph that no other is above. */
  readonly isTopmost?: boolean | undefined;
  /** How many models were asked below it, and how many tools were called. */
  readonly calls?: { readonly inference: number; readonly tool: number } | undefined;
  /** The provider of all model calls below, where they have the same. */
  readonly provider?: string | undefined;
  /** Of a model's answer. */
  readonly response?: ModelResponse | undefined;
  /** Absent where no guardrail has found anything. */
  readonly guardrail?: Intervention | undefined;
  /** Of a gate that came to one. */
  readonly decision?: Decision | undefined;
  /** Chunks arrived one after the other. */
  readonly streamed?: boolean | undefined;
  /** Seconds from the call's start, for streams. */
  readonly timeToFirstChunk?: number | undefined;
  /** The code of a JSON-RPC error that was answered, whether it counts as a failure or not. */
  readonly statusCode?: string | undefined;
  /** How many documents a retriever found. */
  readonly documents?: number | undefined;
  /** How many records a store found. */
  readonly records?: number | undefined;
}

/** An estimate. */
export interface RunEnergy {
  /** Watt-hours. */
  readonly wh: number;
  /** Grams of CO2 equivalent, where it is known what a kilowatt-hour makes. */
  readonly grams: number | undefined;
}

/** In USD. */
export interface RunCost {
  readonly usd: number;
  /** By what was paid for: input, what was read from the cache, output, … */
  readonly parts: Readonly<Record<string, number | undefined>>;
}

/** Whether it is a failure to be shown: it failed, or a policy (a budget) has stopped it with an error. */
export function hasFailed({ outcome, failure }: Pick<RunEnd, "outcome" | "failure">): boolean {
  return outcome === "error" || (outcome === "blocked" && failure !== undefined);
}

/** Sums over the model calls below a run. Providers that reported nothing added nothing. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
}
