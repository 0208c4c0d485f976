// The telemetry file is the first import of the application itself.
import "./telemetry.mjs";
import * as openai from "@langchain/openai";

import harness from "./harness.cjs";

harness.print(await harness.callModel(globalThis.telemetry, harness.newModel(openai)));
