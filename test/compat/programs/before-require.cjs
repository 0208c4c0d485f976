const { telemetry } = require("./telemetry.cjs");
const openai = require("@langchain/openai");

const harness = require("./harness.cjs");

void harness.callModel(telemetry, harness.newModel(openai)).then(harness.print);
