import * as openai from "@langchain/openai";
import * as api from "@opentelemetry/api";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { OpenTelemetryCallbackHandler } from "langchain-otel";

import harness from "./harness.cjs";

const exporter = new InMemoryLogRecordExporter();
const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
// The logs API is part of the API's package since 1.10.
const { logs } = "logs" in api ? api : await import("@opentelemetry/api-logs");

const handler = new OpenTelemetryCallbackHandler({ captureContent: "event" });
const given = new OpenTelemetryCallbackHandler({
  captureContent: "event",
  loggerProvider: provider,
});
const model = harness.newModel(openai);

const withoutProvider = await ask(handler);
logs.setGlobalLoggerProvider(provider);
const byGlobal = await ask(handler);
logs.disable();
harness.print({ withoutProvider, byGlobal, byOption: await ask(given) });

async function ask(callback) {
  exporter.reset();
  await model.invoke("Hi", { callbacks: [callback] });
  return exporter
    .getFinishedLogRecords()
    .map(({ eventName, severityNumber, attributes }) => [
      eventName,
      severityNumber,
      attributes["gen_ai.input.messages"],
    ]);
}
