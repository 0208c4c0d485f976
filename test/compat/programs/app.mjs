// Knows nothing of telemetry: something was preloaded.
import * as openai from "@langchain/openai";

import harness from "./harness.cjs";

if (process.env.AWAIT_READY) await globalThis.instrumentation?.ready;
harness.print(await harness.callModel(globalThis.telemetry, harness.newModel(openai)));
