// Starts its own SDK; `langchain-otel/register` was preloaded and brings the instrumentations.
const openai = require("@langchain/openai");

const harness = require("./harness.cjs");
const otel = require("./otel.cjs");

const telemetry = harness.startSdk(otel, [], { http: false });
void harness.callModel(telemetry, harness.newModel(openai)).then(harness.print);
