// LangChain is there, and a model too, before anything is registered.
const openai = require("@langchain/openai");

const harness = require("./harness.cjs");
const model = harness.newModel(openai);
const { telemetry } = require("./telemetry.cjs");

void harness.callModel(telemetry, model).then(harness.print);
