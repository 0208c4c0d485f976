import { diag } from "@opentelemetry/api";

import { LangChainInstrumentation } from "../instrumentation/instrumentation.ts";
import { isRegistered, unreachableProvider } from "../telemetry/api-globals.ts";
import { GlobalProviders } from "./global-providers.ts";
import { isOff } from "./is-off.ts";
import { loadSdk } from "./load-sdk.ts";
import { startNodeSdk } from "./node-sdk.ts";
import { processHttp, processState } from "./process-state.ts";
import { RunningTelemetry, type Telemetry } from "./running-telemetry.ts";
import {
  checkTelemetryOptions,
  handlerOptions,
  type TelemetryOptions,
} from "./telemetry-options.ts";

/**
 * Sets everything up in one call: the OpenTelemetry SDK with traces, metrics and logs going to one receiver, LangChain's
 * instrumentation and, where they are installed, those of HTTP.
 *
 *     const telemetry = startTelemetry({ serviceName: "weather-agent", endpoint: "http://localhost:4318" });
 *
 * Needs `@opentelemetry/sdk-node`. A second call returns the first one's telemetry. Where the application has started an
 * SDK of its own, that one is used as it is. What waits is sent on `beforeExit`, SIGTERM and SIGINT (at most five
 * seconds, then the signal takes its course); `process.exit()` can lose the last batch: `await telemetry.forceFlush()`
 * before it.
 *
 * Nothing is loaded or patched with `enabled: false`, with `OTEL_SDK_DISABLED=true`, and with
 * `OTEL_EXPORTER_OTLP_ENDPOINT` set to nothing and no endpoint in the call.
 * @throws TypeError for an option that does not exist or has a wrong value
 * @throws Error, saying what to install, when the SDK is missing or does not fit the installed `@opentelemetry/api`
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  checkTelemetryOptions(options);
  if (options.enabled === false || isOff(process.env, options.endpoint)) return NOTHING;
  const { running, registration } = processState();
  if (running !== undefined) {
    if (registration?.hasStarted === true && Object.keys(options).length > 0) diag.warn(TOO_LATE);
    return running;
  }
  const instrument = (): LangChainInstrumentation => {
    registration?.giveWay();
    return new LangChainInstrumentation(handlerOptions(options));
  };
  return isRegistered("trace") ? useRunningSdk(instrument) : startSdk(options, instrument);
}

/**
 * Starts the SDK.
 * @param instrument called when nothing can fail for want of a package any more
 */
export function startSdk(
  options: TelemetryOptions,
  instrument: () => LangChainInstrumentation,
): Telemetry {
  const sdk = loadSdk();
  const state = processState();
  const providers = new GlobalProviders(sdk);
  const instrumentation = instrument();
  try {
    const nodeSdk = startNodeSdk(options, sdk, [instrumentation]);
    processHttp().start(true);
    state.running = new RunningTelemetry({ instrumentation, providers, nodeSdk });
    return state.running;
  } catch (error) {
    processHttp().stop();
    instrumentation.disable();
    providers.unregister();
    throw error;
  }
}

// --- internal ---

const NOTHING: Telemetry = {
  ready: Promise.resolve(),
  forceFlush: async () => {},
  shutdown: async () => {},
};

const TOO_LATE =
  "langchain-otel: startTelemetry() was called when langchain-otel/register had started telemetry already, with the " +
  "first span; the options of this call have no effect. Call it in the application's first lines";

function useRunningSdk(instrument: () => LangChainInstrumentation): Telemetry {
  const problem = unreachableProvider();
  if (problem !== undefined) throw new Error(problem);
  diag.warn(
    "langchain-otel: startTelemetry() found an OpenTelemetry SDK that is running and uses it as it is; " +
      "serviceName, endpoint and the like of this call have no effect",
  );
  const state = processState();
  state.running = new RunningTelemetry({
    instrumentation: instrument(),
    providers: new GlobalProviders(),
    nodeSdk: undefined,
  });
  return state.running;
}
