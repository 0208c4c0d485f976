// Finds the copy of our package that is beside it.
export { LangChainInstrumentation, OpenTelemetryCallbackHandler } from "langchain-otel";
