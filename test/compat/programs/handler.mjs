import * as openai from "@langchain/openai";
import { OpenTelemetryCallbackHandler } from "langchain-otel/handler";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const telemetry = harness.startSdk(otel, []);
const config = { callbacks: [new OpenTelemetryCallbackHandler()] };
harness.print(await harness.callModel(telemetry, harness.newModel(openai), config));
