// An application's telemetry file.
import { LangChainInstrumentation } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

export const instrumentation = new LangChainInstrumentation();
export const telemetry = harness.startSdk(otel, [instrumentation]);

if (process.env.AWAIT_READY) await instrumentation.ready;
