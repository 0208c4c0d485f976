// A program that puts keys everywhere, with one in its own command line. With OPTIONS it starts telemetry itself.
import { beIndiscreet } from "../indiscreet-program.ts";

const { URL_OF_SERVER = "", OPTIONS, SDK_ENTRY = "" } = process.env;
if (OPTIONS !== undefined) {
  const { startTelemetry } = (await import(SDK_ENTRY)) as {
    startTelemetry(options: object): { readonly ready: Promise<void> };
  };
  await startTelemetry(JSON.parse(OPTIONS) as object).ready;
}
await beIndiscreet({ url: URL_OF_SERVER, callbacks: [] });
console.log("done");
