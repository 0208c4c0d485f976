// The providers are not registered as the global ones: they are given to `registerInstrumentations`.
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const instrumentation = new LangChainInstrumentation();
const telemetry = harness.startSdk(otel, [instrumentation], { global: false });
if (process.env.AWAIT_READY) await instrumentation.ready;
harness.print(await harness.callModel(telemetry, harness.newModel(openai)));
