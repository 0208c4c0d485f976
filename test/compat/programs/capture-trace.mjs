// Only the API is installed, and nothing is attached by the application.
import * as openai from "@langchain/openai";
import { captureTrace, gate } from "langchain-otel/trace";

import captures from "./captures.cjs";
import harness from "./harness.cjs";

const model = harness.newModel(openai);
const { report } = await captures.captures({ captureTrace, gate }, model, harness.drain);
harness.print(report);
