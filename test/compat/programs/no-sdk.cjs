// Only the API is installed. Everything works and nothing is said.
const openai = require("@langchain/openai");
const { LangChainInstrumentation, OpenTelemetryCallbackHandler } = require("langchain-otel");

const harness = require("./harness.cjs");

async function main() {
  const callbacks = [new OpenTelemetryCallbackHandler()];
  const model = harness.newModel(openai);
  await model.invoke("Hi", { callbacks });
  await harness.drain(model.stream("Hi", { callbacks }));

  void new LangChainInstrumentation();
  await model.invoke("Hi");
  await harness.drain(model.stream("Hi"));
}

void main();
