/**
 * Telemetry without a line of code: `node --import langchain-otel/register app.js` (or `--require`, or in
 * `NODE_OPTIONS`).
 *
 * LangChain is instrumented, and HTTP where `@opentelemetry/instrumentation-http` and `-undici` are installed. When the
 * first span is about to be started, an OpenTelemetry SDK that the application has started by then is used; else one is
 * started from the standard `OTEL_*` environment variables (`@opentelemetry/sdk-node` has to be installed). What waits
 * is sent on `beforeExit`, SIGTERM and SIGINT. `process.exit()` leaves no time for that and can lose the last batch:
 *
 *     import { startTelemetry } from "langchain-otel/sdk";
 *     await startTelemetry().forceFlush(); // the telemetry that is running
 *     process.exit();
 *
 * Off, with nothing loaded or patched: `OTEL_SDK_DISABLED=true`, `LANGCHAIN_OTEL_DISABLED=true`, or
 * `OTEL_EXPORTER_OTLP_ENDPOINT` set to nothing. Package managers that are started with the same `NODE_OPTIONS` are left
 * alone.
 */
import { createRequire } from "node:module";

import { isRegisterOff } from "./sdk/is-off.ts";
import { isPackageManager } from "./sdk/package-manager.ts";
import type * as registrationModule from "./sdk/registration.ts";

if (!isRegisterOff(process.env) && !isPackageManager(process.argv[1])) load();

// --- internal ---

/**
 * Loaded by require: an import would load it when everything is off, too, and a dynamic import would let the application
 * run before it is done. The extension is that of this file, which is `.ts` before the build.
 */
function load(): void {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  try {
    const registration = createRequire(import.meta.url)(
      `./sdk/registration${extension}`,
    ) as typeof registrationModule;
    registration.register();
  } catch (error) {
    // Not through diag, which has no logger before the application has begun, and may be what is missing.
    console.error(
      "langchain-otel/register could not set itself up, the application runs without telemetry:",
      error,
    );
  }
}
