// Shared by detach.mjs and detach-required.cjs: attaching and detaching, with a look at every function in between.
const { changes, snapshot } = require("./classes.cjs");
const harness = require("./harness.cjs");

exports.detach = async function detach({ LangChainInstrumentation, otel, openai, parts }) {
  const model = harness.newModel(openai);
  // First what others change: OpenTelemetry's own instrumentations.
  const telemetry = harness.startSdk(otel, []);
  const before = snapshot(parts, model);
  const calls = () => harness.callModel(telemetry, model);
  const ready = async (instrumentation) => {
    if (process.env.AWAIT_READY) await instrumentation.ready;
  };

  const first = new LangChainInstrumentation();
  await ready(first);
  const attached = await calls();
  const changed = changes(before).length > 0;
  first.disable();
  const detached = { changes: changes(before), ...(await calls()) };

  first.enable();
  await ready(first);
  const attachedAgain = await calls();
  const second = new LangChainInstrumentation();
  await ready(second);
  first.disable();
  const secondAlone = await calls();
  second.disable();
  const detachedAgain = { changes: changes(before), ...(await calls()) };
  harness.print({ attached, changed, detached, attachedAgain, secondAlone, detachedAgain });
};
