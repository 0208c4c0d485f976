const openai = require("@langchain/openai");
const { OpenTelemetryCallbackHandler } = require("langchain-otel/handler");

const harness = require("./harness.cjs");
const otel = require("./otel.cjs");

const telemetry = harness.startSdk(otel, []);
const config = { callbacks: [new OpenTelemetryCallbackHandler()] };
void harness.callModel(telemetry, harness.newModel(openai), config).then(harness.print);
