// Instrumentation and handler are made, registered and used before there is an SDK.
import * as openai from "@langchain/openai";
import { LangChainInstrumentation, OpenTelemetryCallbackHandler } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const instrumentation = new LangChainInstrumentation();
otel.instrumentation.registerInstrumentations({ instrumentations: [instrumentation] });
if (process.env.AWAIT_READY) await instrumentation.ready;
const callbacks = [new OpenTelemetryCallbackHandler()];
const model = harness.newModel(openai);
await model.invoke("Hi");
await model.invoke("Hi", { callbacks });

const telemetry = harness.startSdk(otel, []);
const byInstrumentation = await harness.callModel(telemetry, model);
instrumentation.disable();
const byHandler = await harness.callModel(telemetry, model, { callbacks });
harness.print({ byInstrumentation, byHandler });
