// One LangChain of the application's own, one that a dependency brings.
require("./telemetry.cjs");
const openai = require("@langchain/openai");
const legacy = require("legacy-ai");

const harness = require("./harness.cjs");

async function main() {
  const own = await harness.callModel(globalThis.telemetry, harness.newModel(openai));
  const nested = await harness.callModel(globalThis.telemetry, harness.newModel(legacy));
  harness.print({ own, nested });
}

void main();
