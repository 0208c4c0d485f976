// All of it goes into one file, where no copy of LangChain can be found.
import * as manager from "@langchain/core/callbacks/manager";
import * as chatModels from "@langchain/core/language_models/chat_models";
import * as llms from "@langchain/core/language_models/llms";
import * as asyncCaller from "@langchain/core/utils/async_caller";
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

// What is said, without the reason, whose stack is another in every bundle.
const say = (message) => console.error(message);
const ignore = () => {};
otel.api.diag.setLogger(
  { error: say, warn: say, info: ignore, debug: ignore, verbose: ignore },
  { suppressOverrideMessage: true },
);

const instrumentation = new LangChainInstrumentation();
instrumentation.manuallyInstrument(manager, chatModels, llms, asyncCaller);
const telemetry = harness.startSdk(otel, [instrumentation]);
void harness.callModel(telemetry, harness.newModel(openai)).then(harness.print);
