// The telemetry file is the first import of the application itself.
// oxlint-disable-next-line import/no-unassigned-import -- as applications do it
import "./telemetry.mjs";
import * as openai from "@langchain/openai";

import harness from "./harness.cjs";

harness.print(await harness.callModel(globalThis.telemetry, harness.newModel(openai)));
