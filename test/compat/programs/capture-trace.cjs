// Only the API is installed, and nothing is attached by the application.
const openai = require("@langchain/openai");
const trace = require("langchain-otel/trace");

const { captures } = require("./captures.cjs");
const harness = require("./harness.cjs");

async function main() {
  const { report } = await captures(trace, harness.newModel(openai), harness.drain);
  harness.print(report);
}

void main();
