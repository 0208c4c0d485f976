const manager = require("@langchain/core/callbacks/manager");
const chatModels = require("@langchain/core/language_models/chat_models");
const llms = require("@langchain/core/language_models/llms");
const asyncCaller = require("@langchain/core/utils/async_caller");
const openai = require("@langchain/openai");

const harness = require("../harness.cjs");
const { instrumentation, telemetry } = require("../telemetry.cjs");

async function main() {
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
}

void main();
