// One LangChain of the application's own, one that a dependency brings.
// oxlint-disable-next-line import/no-unassigned-import -- as applications do it
import "./telemetry.mjs";
import * as openai from "@langchain/openai";
import * as legacy from "legacy-ai";

import harness from "./harness.cjs";

const own = await harness.callModel(globalThis.telemetry, harness.newModel(openai));
const nested = await harness.callModel(globalThis.telemetry, harness.newModel(legacy));
harness.print({ own, nested });
