// Loads an application in the form that is asked for, before we attach to it, after, or in between, and prints the spans of
// each of its calls: attached, detached, attached again.
import { createRequire } from "node:module";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry } from "../../../src/testing/index.ts";

const [form, order] = process.argv.slice(2);
const telemetry = createTestTelemetry();

const load = () =>
  form === "esm" ? import("./embeds.mjs") : createRequire(import.meta.url)("./embeds.cjs");

async function spansOf(call) {
  telemetry.reset();
  await call();
  return telemetry
    .tree()
    .map(({ name, attributes }) => [name, attributes["gen_ai.usage.input_tokens"]]);
}

const before = order === "loaded-before" ? await load() : undefined;
await before?.first;
const instrumentation = new LangChainInstrumentation();
await instrumentation.ready;
if (order === "loaded-between") instrumentation.disable();
const spans = [];
const { embed } = before ?? (await load());
spans.push(await spansOf(async () => (before === undefined ? (await load()).first : embed())));
instrumentation.disable();
spans.push(await spansOf(embed));
instrumentation.enable();
await instrumentation.ready;
spans.push(await spansOf(embed));
process.stdout.write(JSON.stringify(spans));
