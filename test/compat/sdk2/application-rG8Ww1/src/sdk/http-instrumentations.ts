import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";

import { diag, metrics, type MeterProvider, trace, type TracerProvider } from "@opentelemetry/api";

import { gateHttp, type HttpModules } from "./http-gate.ts";
import { findPackage, load } from "./installed-package.ts";
import { isTracingSuppressed } from "./suppressed-tracing.ts";

/**
 * `@opentelemetry/instrumentation-http` and `-undici` (`fetch`), whichever are installed: an inbound request is a SERVER
 * span above the agent, and outgoing ones carry `traceparent`. They are loaded when they are started, not before.
 */
export class HttpInstrumentations {
  readonly #modules: HttpModules | undefined;
  readonly #beforeRequest: () => void;
  #isActive = false;
  #http: Instrumentation | undefined;
  #fetch: Instrumentation | undefined;

  /** @param beforeRequest called before each request, to start them in time for the first one */
  constructor(beforeRequest: () => void) {
    this.#beforeRequest = beforeRequest;
    this.#modules = gateHttp({
      beforeRequest,
      instrumented: (protocol, direction) => {
        const isOwn = direction === "out" && isTracingSuppressed();
        return this.#isActive && !isOwn ? this.#modules?.[protocol] : undefined;
      },
    });
    subscribe(FETCH, this.#onFetch);
  }

  /**
   * From here on requests have spans, of the global tracer provider.
   * @param isOurSdk whether nobody but us has set up telemetry: else an instrumentation of `fetch` that listens already
   * is the application's, and ours gives way to it, since both would make spans
   */
  start(isOurSdk: boolean): void {
    unsubscribe(FETCH, this.#onFetch);
    this.#fetch?.disable();
    const isFetchTaken = !isOurSdk && channel(FETCH).hasSubscribers;
    if (this.#modules !== undefined) this.#http ??= instrumentHttp(this.#modules);
    this.#fetch ??= isFetchTaken ? undefined : instrumentFetch();
    for (const each of [this.#http, this.#fetch]) {
      each?.setTracerProvider(trace.getTracerProvider());
      // Instruments of a no-op meter provider stay no-ops for ever.
      each?.setMeterProvider(metrics.getMeterProvider());
    }
    if (!isFetchTaken) this.#fetch?.enable();
    this.#isActive = true;
  }

  stop(): void {
    this.#isActive = false;
    this.#fetch?.disable();
  }

  /** The first `fetch` may be what starts us, and is told only to those who listened before: it is told again. */
  readonly #onFetch = (message: unknown): void => {
    this.#beforeRequest();
    if (this.#isActive && this.#fetch !== undefined) channel(FETCH).publish(message);
  };
}

// --- internal ---

const HTTP = "@opentelemetry/instrumentation-http";
const UNDICI = "@opentelemetry/instrumentation-undici";
const FETCH = "undici:request:create";

/** OpenTelemetry's `Instrumentation`, as far as it is used here. */
interface Instrumentation {
  enable(): void;
  disable(): void;
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
  /** Which modules it patches, and how. */
  init?():
    | readonly { readonly name: string; readonly patch?: (exports: unknown) => unknown }[]
    | undefined;
}

/** Made disabled, since it would patch the modules themselves: what it patches is what stands behind the gates. */
function instrumentHttp(modules: HttpModules): Instrumentation | undefined {
  const http = instrumentation(HTTP, "HttpInstrumentation", { enabled: false });
  for (const { name, patch } of http?.init?.() ?? []) {
    if (name === "http" || name === "https") patch?.(modules[name]);
  }
  return http;
}

function instrumentFetch(): Instrumentation | undefined {
  return instrumentation(UNDICI, "UndiciInstrumentation", {
    ignoreRequestHook: isTracingSuppressed,
  });
}

function instrumentation(
  name: string,
  className: string,
  config: object,
): Instrumentation | undefined {
  const found = findPackage(name);
  if (found === undefined) return undefined;
  try {
    const Class = (load(found) as Record<string, new (config: object) => Instrumentation>)[
      className
    ];
    return Class === undefined ? undefined : new Class(config);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    diag.warn(
      `langchain-otel: ${name} ${found.version} does not load, its requests have no spans: ${reason}`,
    );
    return undefined;
  }
}
