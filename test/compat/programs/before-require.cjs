require("./telemetry.cjs");
const openai = require("@langchain/openai");

const harness = require("./harness.cjs");

void harness.callModel(globalThis.telemetry, harness.newModel(openai)).then(harness.print);
