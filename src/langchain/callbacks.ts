import { chatInput, promptInput } from "./content/model-content.ts";
import {
  chainInput,
  chainOutput,
  retrieverInput,
  retrieverOutput,
  toolInput,
  toolOutput,
} from "./content/other-content.ts";
import { middlewareIntervention } from "./middleware-guardrail.ts";
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
    handleChatModelStart(serialized, messages, runId, parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({
        operation: "chat",
        content: chatInput(messages, extraParams),
        serialized,
        runId,
        parentRunId,
        extraParams,
        tags,
        metadata,
      });
    },
    handleLLMStart(serialized, prompts, runId, parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({
        operation: "text_completion",
        content: promptInput(prompts),
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
    handleChainStart(serialized, inputs, runId, parentRunId, tags, metadata, runType, runName) {
      const content = chainInput(inputs);
      tracer.chainStart({
        content,
        serialized,
        runId,
        parentRunId,
        tags,
        metadata,
        runType,
        runName,
      });
    },
    handleChainEnd(output, runId) {
      const request = tracer.run(runId)?.request;
      tracer.say(runId, chainOutput(output));
      tracer.succeed(runId, () => ({ guardrail: middlewareIntervention(request, output) }));
    },
    handleChainError(error, runId) {
      tracer.fail(runId, error);
    },
    handleToolStart(serialized, input, runId, parentRunId, tags, metadata, runName, toolCallId) {
      const content = toolInput(input);
      tracer.toolStart({
        content,
        serialized,
        runId,
        parentRunId,
        tags,
        metadata,
        runName,
        toolCallId,
      });
    },
    handleToolEnd(output, runId) {
      tracer.say(runId, toolOutput(output));
      tracer.succeed(runId);
    },
    handleToolError(error, runId) {
      tracer.fail(runId, error);
    },
    handleRetrieverStart(serialized, query, runId, parentRunId, tags, metadata, runName) {
      const content = retrieverInput(query);
      tracer.retrieverStart({ content, serialized, runId, parentRunId, tags, metadata, runName });
    },
    handleRetrieverEnd(documents, runId) {
      tracer.say(runId, retrieverOutput(documents));
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
