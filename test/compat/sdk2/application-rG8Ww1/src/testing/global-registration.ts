import {
  context,
  type MeterProvider,
  metrics,
  propagation,
  ROOT_CONTEXT,
  createContextKey,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";

import type { SdkPackages } from "./sdk-packages.ts";
import type { LoggerProviderLike } from "./sdk-types.ts";

/** What is to be registered. */
export interface GlobalProviders {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProviderLike | undefined;
}

/**
 * Makes the providers the global ones, with a context manager and the W3C propagators.
 *
 * @returns what takes all of it away again.
 * @throws Error when another one is registered; nothing is registered then.
 */
export function registerGlobally(sdk: SdkPackages, providers: GlobalProviders): () => void {
  const undo: (() => void)[] = [];
  const takeAway = (): void => {
    for (const each of undo.splice(0)) each();
  };
  const register = (what: string, registered: boolean, unregister: () => void): void => {
    if (registered) {
      undo.push(unregister);
      return;
    }
    takeAway();
    throw new Error(
      `A global ${what} is registered already, so createTestTelemetry() cannot register its own. Call shutdown() of the other one first, or pass { global: false } and give the providers to what you test`,
    );
  };

  const { tracerProvider, meterProvider, loggerProvider } = providers;
  register("tracer provider", trace.setGlobalTracerProvider(tracerProvider), () => trace.disable());
  register("meter provider", metrics.setGlobalMeterProvider(meterProvider), () =>
    metrics.disable(),
  );
  const { logsApi } = sdk;
  if (logsApi !== undefined && loggerProvider !== undefined) {
    register(
      "logger provider",
      isRegistered(logsApi.setGlobalLoggerProvider(loggerProvider), loggerProvider),
      () => logsApi.disable(),
    );
  }
  const contextManager = new sdk.context.AsyncLocalStorageContextManager().enable();
  register("context manager", context.setGlobalContextManager(contextManager), () =>
    context.disable(),
  );
  register("propagator", propagation.setGlobalPropagator(w3cPropagator(sdk)), () =>
    propagation.disable(),
  );

  if (!seesOurContext(sdk)) {
    takeAway();
    throw new Error(
      "The OpenTelemetry SDK and langchain-otel use copies of @opentelemetry/api that do not work together, so spans would be lost. `npm ls @opentelemetry/api` shows them; there should be one",
    );
  }
  return takeAway;
}

// --- internal ---

/** Api 1.10 answers with a boolean, api-logs with the provider that is registered now. */
function isRegistered(answer: unknown, provider: LoggerProviderLike): boolean {
  return answer === true || answer === provider;
}

function w3cPropagator({
  core,
}: SdkPackages): InstanceType<SdkPackages["core"]["CompositePropagator"]> {
  return new core.CompositePropagator({
    propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
  });
}

/** An older copy of the API does not take what a newer one has registered, and says nothing. */
function seesOurContext(sdk: SdkPackages): boolean {
  const key = createContextKey("langchain-otel/testing");
  return context.with(
    ROOT_CONTEXT.setValue(key, true),
    () => sdk.api.context.active().getValue(key) === true,
  );
}
