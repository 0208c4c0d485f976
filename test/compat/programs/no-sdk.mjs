// Only the API is installed. Everything works and nothing is said.
import * as openai from "@langchain/openai";
import { LangChainInstrumentation, OpenTelemetryCallbackHandler } from "langchain-otel";

import harness from "./harness.cjs";

const callbacks = [new OpenTelemetryCallbackHandler()];
const model = harness.newModel(openai);
await model.invoke("Hi", { callbacks });
await harness.drain(model.stream("Hi", { callbacks }));

const instrumentation = new LangChainInstrumentation();
if (process.env.AWAIT_READY) await instrumentation.ready;
await model.invoke("Hi");
await harness.drain(model.stream("Hi"));
