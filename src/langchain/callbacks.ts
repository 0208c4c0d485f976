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
  ignoreChain: true,
  ignoreAgent: true,
  ignoreRetriever: true,
  ignoreCustomEvent: true,
} as const;

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
}

/** Callbacks that drive a tracer. Plain functions: the handler class and the instrumentation's own handler share them. */
export function callbackMethods(tracer: RunTracer): CallbackMethods {
  return {
    handleChatModelStart(serialized, _messages, runId, _parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({ operation: "chat", serialized, runId, extraParams, tags, metadata });
    },
    handleLLMStart(serialized, _prompts, runId, _parentRunId, extraParams, tags, metadata) {
      tracer.modelStart({
        operation: "text_completion",
        serialized,
        runId,
        extraParams,
        tags,
        metadata,
      });
    },
    handleLLMNewToken(_token, _index, runId, _parentRunId, _tags, extra) {
      tracer.modelChunk(runId, fields(fields(extra)["chunk"])["message"]);
    },
    // Streams of the third kind (streamEvents v3 inside LangGraph) report events and no tokens.
    handleChatModelStreamEvent(event, runId) {
      tracer.modelEvent(runId, event);
    },
    handleLLMEnd(output, runId, _parentRunId, _tags, extraParams) {
      tracer.modelEnd(runId, output, extraParams);
    },
    handleLLMError(error, runId) {
      tracer.modelError(runId, error);
    },
  };
}
