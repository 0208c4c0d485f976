// One LangChain of the application's own, one that a dependency brings.
const { telemetry } = require("./telemetry.cjs");
const openai = require("@langchain/openai");
const legacy = require("legacy-ai");

const harness = require("./harness.cjs");

async function main() {
  const own = await harness.callModel(telemetry, harness.newModel(openai));
  const nested = await harness.callModel(telemetry, harness.newModel(legacy));
  harness.print({ own, nested });
}

void main();
