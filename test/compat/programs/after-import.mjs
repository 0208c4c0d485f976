// LangChain is there, and a model too, before anything is registered.
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const model = harness.newModel(openai);
const instrumentation = new LangChainInstrumentation();
const telemetry = harness.startSdk(otel, [instrumentation]);
if (process.env.AWAIT_READY) await instrumentation.ready;
harness.print(await harness.callModel(telemetry, model));
