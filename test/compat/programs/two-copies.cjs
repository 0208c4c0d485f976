// Two copies of our package, each of which finds a LangChain that the other does not, before either is required.
const { LangChainInstrumentation } = require("langchain-otel");

const harness = require("./harness.cjs");
const otel = require("./otel.cjs");
const second = require("./second/index.cjs");

const instrumentations = [new LangChainInstrumentation(), new second.LangChainInstrumentation()];
const telemetry = harness.startSdk(otel, instrumentations);

async function main() {
  const own = await harness.callModel(telemetry, harness.newModel(require("@langchain/openai")));
  const nested = await harness.callModel(telemetry, harness.newModel(second.loadLangChain()));
  harness.print({ own, nested });
}

void main();
