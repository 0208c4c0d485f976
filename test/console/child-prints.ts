import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";

import { diag } from "@opentelemetry/api";

import { ConsoleTreeExporter } from "../../src/console/index.ts";
import { finishedSpan } from "./finished-span.ts";

const noop = (): void => {};
diag.setLogger({
  debug: noop,
  error: noop,
  info: noop,
  verbose: noop,
  warn: (text) => console.error(text),
});

// Prints when its standard input ends; its standard output is closed by then.
await once(process.stdin.resume(), "end");
const exporter = new ConsoleTreeExporter();
for (let at = 0; at < 50; at += 1) {
  exporter.export([finishedSpan({ name: "span" })], () => {});
  if (at % 2 === 0) await turn();
}
await turn();
await turn();
console.error(`went on, with ${process.stdout.listenerCount("error")} listeners`);
