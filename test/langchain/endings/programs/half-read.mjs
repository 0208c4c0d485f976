// Leaves a stream half read and ends as it is told to: by itself, by a signal, or by a shutdown of the telemetry.
import { FakeListChatModel } from "@langchain/core/utils/testing";

const { startTelemetry } = await import(process.env.SDK_ENTRY);
const telemetry = startTelemetry();
await telemetry.ready;

const stream = await new FakeListChatModel({ responses: ["Hello"] }).stream("Hi");
await stream.next();
globalThis.kept = stream;

switch (process.env.HOW) {
  case "signal":
    setInterval(() => {}, 1000);
    console.log("reading");
    break;
  case "signal-listened":
    // The application finishes what is under way before it ends.
    process.on("SIGTERM", async () => {
      for await (const _ of stream);
      await telemetry.forceFlush();
      process.exit();
    });
    setInterval(() => {}, 1000);
    console.log("reading");
    break;
  case "flush":
    await telemetry.forceFlush();
    for await (const _ of stream);
    break;
  case "shutdown":
    await telemetry.shutdown();
    break;
}
