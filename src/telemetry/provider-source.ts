import {
  type Meter,
  type MeterProvider,
  metrics,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

import { VERSION } from "../version.ts";
import { isRegistered, reportUnreachableProvider } from "./api-globals.ts";
import { beforeSpan } from "./before-span.ts";

const SCOPE = "langchain-otel";

/** Which providers to use. An option wins over a setter, a setter over the global. */
export interface ProviderOptions {
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
}

/**
 * Gives the tracer and the meter of now. A provider can come later than we do (an SDK that starts last) and can be
 * replaced (a test): both are asked for again whenever the provider in force is another than last time.
 */
export class ProviderSource {
  readonly #options: ProviderOptions;
  #setTracerProvider: TracerProvider | undefined;
  #setMeterProvider: MeterProvider | undefined;
  #tracer: { provider: TracerProvider; tracer: Tracer } | undefined;
  #meter: { provider: MeterProvider; meter: Meter } | undefined;
  /** Whether a global provider was there, within our reach or not: looked at until it is, and never again. */
  #hasSeenGlobal = false;

  constructor(options: ProviderOptions = {}) {
    this.#options = options;
  }

  /** Tells of a provider, as `registerInstrumentations` does, with no-op ones too: those mean "the global". */
  setTracerProvider(provider: TracerProvider): void {
    this.#setTracerProvider =
      provider === trace.getTracerProvider() || isNoop(provider) ? undefined : provider;
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#setMeterProvider =
      provider === metrics.getMeterProvider() || isNoop(provider) ? undefined : provider;
  }

  tracer(): Tracer {
    if (this.#options.tracerProvider === undefined) beforeSpan();
    const provider =
      this.#options.tracerProvider ?? this.#setTracerProvider ?? this.#globalTracerProvider();
    if (this.#tracer?.provider !== provider)
      this.#tracer = { provider, tracer: provider.getTracer(SCOPE, VERSION) };
    return this.#tracer.tracer;
  }

  meter(): Meter {
    const provider =
      this.#options.meterProvider ?? this.#setMeterProvider ?? metrics.getMeterProvider();
    if (this.#meter?.provider !== provider)
      this.#meter = { provider, meter: provider.getMeter(SCOPE, VERSION) };
    return this.#meter.meter;
  }

  #globalTracerProvider(): TracerProvider {
    if (!this.#hasSeenGlobal && isRegistered("trace")) {
      this.#hasSeenGlobal = true;
      reportUnreachableProvider();
    }
    return trace.getTracerProvider();
  }
}

// --- internal ---

/** By name and not by class: two copies of the API may be installed. Minified names fall through to the identity test. */
function isNoop(provider: object): boolean {
  const name = provider.constructor?.name ?? "";
  return name.startsWith("Noop") || name.startsWith("ProxyTracerProvider");
}
