import { missingMessage } from "../../src/testing/sdk-packages.ts";
import { scenario } from "./scenario.ts";

console.log(
  JSON.stringify({
    ...(await scenario()),
    missing: missingMessage(["@opentelemetry/sdk-trace", "@opentelemetry/sdk-logs"]),
  }),
);
