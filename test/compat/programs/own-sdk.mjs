// Starts its own SDK; `langchain-otel/register` was preloaded and brings the instrumentations.
import * as openai from "@langchain/openai";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const telemetry = harness.startSdk(otel, [], { http: false });
harness.print(await harness.callModel(telemetry, harness.newModel(openai)));
