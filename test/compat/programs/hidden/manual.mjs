import * as manager from "@langchain/core/callbacks/manager";
import * as chatModels from "@langchain/core/language_models/chat_models";
import * as llms from "@langchain/core/language_models/llms";
import * as asyncCaller from "@langchain/core/utils/async_caller";
import * as openai from "@langchain/openai";

import harness from "../harness.cjs";
import { instrumentation, telemetry } from "../telemetry.mjs";

const model = harness.newModel(openai);
const notFound = await harness.callModel(telemetry, model);
instrumentation.manuallyInstrument(manager);
const managerAlone = await harness.callModel(telemetry, model);
instrumentation.manuallyInstrument(chatModels, llms, asyncCaller);
const all = await harness.callModel(telemetry, model);
instrumentation.disable();
const disabled = await harness.callModel(telemetry, model);
instrumentation.enable();
const enabled = await harness.callModel(telemetry, model);
harness.print({ notFound, managerAlone, all, disabled, enabled });
