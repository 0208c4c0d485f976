/**
 * OpenTelemetry for LangChain.js and LangGraph.js.
 *
 * Attach in one of three ways: `callbacks: [new OpenTelemetryCallbackHandler()]`,
 * `registerInstrumentations({ instrumentations: [new LangChainInstrumentation()] })`, or
 * `node --import langchain-otel/register app.js`.
 */
export { LangChainInstrumentation } from "./instrumentation/instrumentation.ts";
export type { LangChainInstrumentationConfig } from "./instrumentation/instrumentation.ts";
export { instrumentEmbeddings } from "./langchain/embeddings/instrument-embeddings.ts";
export { OpenTelemetryCallbackHandler } from "./langchain/handler.ts";
export type { HandlerOptions } from "./options.ts";
export { BenignErrorSpanProcessor, RedactingSpanProcessor } from "./processors/index.ts";
