// Plays the scenarios of test/support, with what is installed here. Says where things were that belong elsewhere.
import { isDeepStrictEqual } from "node:util";

import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { LangChainInstrumentation } from "langchain-otel";

import { Theatre } from "../../support/context-scenario.ts";
import { scenariosOf } from "../../support/context-scenarios.ts";
import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const instrumentation = new LangChainInstrumentation({ chains: "all" });
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const telemetry = harness.startSdk(otel, [instrumentation]);
if (process.env.AWAIT_READY) await instrumentation.ready;

const theatre = await Theatre.open(() => telemetry.spans());
const scenarios = scenariosOf(process.argv[2]);
const misplaced = {};
for (const { expected, ...scenario } of scenarios) {
  const paths = await theatre.play(scenario).catch((error) => error.stack);
  if (!isDeepStrictEqual(paths, expected)) misplaced[scenario.name] = { paths, expected };
  await telemetry.report();
}
await theatre.close();
harness.print({ played: scenarios.length, misplaced });
