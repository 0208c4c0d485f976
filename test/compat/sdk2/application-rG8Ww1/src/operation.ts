/**
 * The neutral record of a run: what the producer half (which knows LangChain) tells the consumer half (which
 * knows attribute names). Neither half sees the other's types, so that a provider and a vocabulary are one file each.
 */

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
  | RootRequest;

/** What every kind of run may have. */
export interface CommonRequest {
  /** LangChain's run id, where LangChain knows of the run. */
  readonly runId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The agent that the run belongs to, or is. */
  readonly agentName?: string | undefined;
  /** 2 for the first retry of `withRetry`, and so on. */
  readonly retryAttempt?: number | undefined;
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

/** A request of the Model Context Protocol, as the one who sends it (`client`) or receives it (`server`) sees it. */
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

/** Why a run failed. */
export interface Failure {
  /** Low cardinality: a class name, a provider's code or an HTTP status. */
  readonly type: string;
  /** One line, without secrets. */
  readonly message: string;
  readonly stack?: string | undefined;
  /** `false`: it was answered, not thrown, so that there is no exception to tell of. @default true */
  readonly thrown?: boolean | undefined;
}

/** How a run went, beside what was asked. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly failure?: Failure | undefined;
  /** Tokens of all model calls below, for runs that have any. */
  readonly totals?: Totals | undefined;
  /** Of a model's answer. */
  readonly response?: ModelResponse | undefined;
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

/** Sums over the model calls below a run. Providers that reported nothing added nothing. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
}
