import { fields } from "./read.ts";
import type { RunTracer } from "./run-tracer.ts";

/**
 * How LangChain should treat us.
 *
 * `awaitHandlers`: a handler in the background shares one queue with all others in the process. It would run when the
 * request is long gone, in whatever request's context the queue stands, and put spans into other people's traces.
 */
export const CALLBACK_SETTINGS = {
  name: "langchain_otel_handler",
  awaitHandlers: true,
  raiseError: false,
  ignoreLLM: false,
  ignoreChain: false,
  ignoreAgent: false,
  ignoreRetriever: false,
  ignoreCustomEvent: true,
} as const;

/** LangGraph tells only handlers that carry this mark of interrupts and resumes. */
export const GRAPH_HANDLER: symbol = Symbol.for("langgraph.graph_callback_handler");

/** The callbacks that LangChain calls, with the arguments as it really passes them (core 0.3 and 1.x). */
export interface CallbackMethods {
  handleChatModelStart(
    serialized: unknown,
    messages: unknown,
    runId: string,
    parentRunId?: string,
    extraParams?: unknown,
    tags?: unknown,
    metadata?: unknown,
    runName?: string,
  ): void;
  handleLLMStart(
    serialized: unknown,
    prompts: unknown,
    runId: string,
    parentRunId?: string,
    extraParams?: unknown,
    tags?: unknown,
    metadata?: unknown,
    runName?: string,
  ): void;
  handleLLMNewToken(
    token: unknown,
    index: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    fields?: unknown,
  ): void;
  handleChatModelStreamEvent(event: unknown, runId: string): void;
  handleLLMEnd(
    output: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    extraParams?: unknown,
  ): void;
  handleLLMError(error: unknown, runId: string): void;
  /** The order is LangChain's; its declared type has another one. */
  handleChainStart(
    serialized: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    runType?: unknown,
    runName?: unknown,
  ): void;
  handleChainEnd(output: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
  handleToolStart(
    serialized: unknown,
    input: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    runName?: unknown,
    toolCallId?: unknown,
  ): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
  handleRetrieverStart(
    serialized: unknown,
    query: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    runName?: unknown,
  ): void;
  handleRetrieverEnd(documents: unknown, runId: string): void;
  handleRetrieverError(error: unknown, runId: string): void;
  /** LangGraph calls these two on handlers that carry its mark. */
  handleInterrupt(event: unknown): void;
  handleResume(event: unknown): void;
}

/** Callbacks that drive a tracer. Plain functions: the handler class and the instrumentation's own handler share them. */
export function callbackMethods(tracer: RunTracer): CallbackMethods {
  return {
    handleChatModelStart(serialized, _messages, runId, parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({
        operation: "chat",
        serialized,
        runId,
        parentRunId,
        extraParams,
        tags,
        metadata,
      });
    },
    handleLLMStart(serialized, _prompts, runId, parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({
        operation: "text_completion",
        serialized,
        runId,
        parentRunId,
        extraParams,
        tags,
        metadata,
      });
    },
    handleLLMNewToken(_token, _index, runId, _parentRunId, _tags, extra) {
      tracer.modelRun(runId)?.chunkByCallback(fields(fields(extra)["chunk"])["message"]);
    },
    // Streams of the third kind (streamEvents v3 inside LangGraph) report events and no tokens.
    handleChatModelStreamEvent(event, runId) {
      tracer.modelRun(runId)?.eventByCallback(event);
    },
    handleLLMEnd(output, runId, _parentRunId, _tags, extraParams) {
      tracer.modelRun(runId)?.end(output, extraParams);
    },
    handleLLMError(error, runId) {
      tracer.fail(runId, error);
    },
    handleChainStart(serialized, _inputs, runId, parentRunId, tags, metadata, runType, runName) {
      tracer.chainStart({ serialized, runId, parentRunId, tags, metadata, runType, runName });
    },
    handleChainEnd(_output, runId) {
      tracer.succeed(runId);
    },
    handleChainError(error, runId) {
      tracer.fail(runId, error);
    },
    handleToolStart(serialized, _input, runId, parentRunId, tags, metadata, runName, toolCallId) {
      tracer.toolStart({ serialized, runId, parentRunId, tags, metadata, runName, toolCallId });
    },
    handleToolEnd(_output, runId) {
      tracer.succeed(runId);
    },
    handleToolError(error, runId) {
      tracer.fail(runId, error);
    },
    handleRetrieverStart(serialized, _query, runId, parentRunId, tags, metadata, runName) {
      tracer.retrieverStart({ serialized, runId, parentRunId, tags, metadata, runName });
    },
    handleRetrieverEnd(documents, runId) {
      tracer.succeed(runId, () => ({
        documents: Array.isArray(documents) ? documents.length : undefined,
      }));
    },
    handleRetrieverError(error, runId) {
      tracer.fail(runId, error);
    },
    handleInterrupt(event) {
      tracer.interrupted(event);
    },
    handleResume(event) {
      tracer.resumed(event);
    },
  };
}
