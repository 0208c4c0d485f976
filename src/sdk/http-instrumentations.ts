import { channel } from "node:diagnostics_channel";

import type { MeterProvider, TracerProvider } from "@opentelemetry/api";

import { patchHttp, type RequestControl } from "./http-gate.ts";
import { findPackage, load } from "./installed-package.ts";

/** OpenTelemetry's `Instrumentation`, as far as it is used here. */
export interface HttpInstrumentation {
  enable(): void;
  disable(): void;
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
}

/** The HTTP instrumentations of a process. They are made once and stay: `control` switches them. */
export interface HttpInstrumentations {
  readonly all: readonly HttpInstrumentation[];
  /** What did not load, each a line for the log. */
  readonly problems: readonly string[];
  /** Gives way to instrumentations of `fetch` that the application has by now, since both would make spans. */
  yieldFetch(): void;
}

/**
 * Makes `@opentelemetry/instrumentation-http` and `-undici` (`fetch`), whichever are installed, so that an inbound
 * request is a SERVER span above the agent and outgoing ones carry `traceparent`.
 */
export function httpInstrumentations(control: RequestControl): HttpInstrumentations {
  const problems: string[] = [];
  const make = (
    name: string,
    className: string,
    config: object,
  ): HttpInstrumentation | undefined => {
    const found = findPackage(name);
    if (found === undefined) return undefined;
    try {
      const Class = (load(found) as Record<string, new (config: object) => HttpInstrumentation>)[
        className
      ];
      return Class === undefined ? undefined : new Class(config);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      problems.push(
        `langchain-otel: ${name} ${found.version} does not load, its requests have no spans: ${reason}`,
      );
      return undefined;
    }
  };
  const http = patchHttp(
    () => make("@opentelemetry/instrumentation-http", "HttpInstrumentation", {}),
    control,
  );
  const undici = make("@opentelemetry/instrumentation-undici", "UndiciInstrumentation", {
    ignoreRequestHook: () => {
      control.beforeRequest();
      return !control.isActive() || hasYielded;
    },
  });
  let hasYielded = false;
  return {
    all: [http, undici].filter((each) => each !== undefined),
    problems,
    yieldFetch: () => {
      if (undici === undefined || hasYielded) return;
      undici.disable();
      // Without ours, whoever listens is the application's.
      hasYielded = channel("undici:request:create").hasSubscribers;
      if (!hasYielded) undici.enable();
    },
  };
}
