// Everything that can be registered twice. Whatever there is, each run has one span and each chunk is counted once.
import * as openai from "@langchain/openai";
import { LangChainInstrumentation, OpenTelemetryCallbackHandler } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";
import * as copy from "./second/index.mjs";

if (copy.LangChainInstrumentation === LangChainInstrumentation)
  throw new Error("These are not two copies");

const telemetry = harness.startSdk(otel, []);
const handler = new OpenTelemetryCallbackHandler();
const other = new OpenTelemetryCallbackHandler();
const ofCopy = new copy.OpenTelemetryCallbackHandler();
const results = {};

async function attached(instrumentations, name, { atModel, atCall }) {
  const made = instrumentations.map((Instrumentation) => new Instrumentation());
  if (process.env.AWAIT_READY) await Promise.all(made.map(({ ready }) => ready));
  const model = harness.newModel(openai, atModel === undefined ? {} : { callbacks: atModel });
  results[name] = await harness.callModel(
    telemetry,
    model,
    atCall === undefined ? {} : { callbacks: atCall },
  );
  for (const instrumentation of made) instrumentation.disable();
}

await attached([LangChainInstrumentation, LangChainInstrumentation], "two instrumentations", {});
await attached(
  [LangChainInstrumentation, copy.LangChainInstrumentation],
  "instrumentations of two copies",
  {},
);
await attached([LangChainInstrumentation], "instrumentation and handler", { atCall: [handler] });
await attached([LangChainInstrumentation], "instrumentation and handler of the model", {
  atModel: [handler],
});
await attached([LangChainInstrumentation], "instrumentation and a copy's handler", {
  atCall: [ofCopy],
});
await attached([LangChainInstrumentation], "all", {
  atModel: [handler, ofCopy],
  atCall: [handler, other],
});
await attached([], "one handler twice", { atCall: [handler, handler] });
await attached([], "two handlers", { atCall: [handler, other] });
await attached([], "one handler of model and call", { atModel: [handler], atCall: [handler] });
await attached([], "two handlers of model and call", { atModel: [handler], atCall: [other] });
await attached([], "handlers of two copies", { atModel: [handler], atCall: [ofCopy] });

const first = new LangChainInstrumentation();
const second = new copy.LangChainInstrumentation();
if (process.env.AWAIT_READY) await Promise.all([first.ready, second.ready]);
const model = harness.newModel(openai);
first.disable();
results["the other copy alone"] = await harness.callModel(telemetry, model);
second.disable();
results.none = await harness.callModel(telemetry, model);

harness.print(results);
