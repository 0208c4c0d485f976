// An application's telemetry file.
const { LangChainInstrumentation } = require("langchain-otel");

const harness = require("./harness.cjs");
const otel = require("./otel.cjs");

exports.instrumentation = new LangChainInstrumentation();
exports.telemetry = harness.startSdk(otel, [exports.instrumentation]);
globalThis.instrumentation = exports.instrumentation;
