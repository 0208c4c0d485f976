import { trace } from "@opentelemetry/api";

import { createTestTelemetry } from "../../src/testing/index.ts";

try {
  createTestTelemetry();
} catch (fault) {
  console.log(
    JSON.stringify({
      fault: String(fault),
      recording: trace.getTracer("t").startSpan("s").isRecording(),
    }),
  );
}
