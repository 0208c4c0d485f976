import { createRequire } from "node:module";

import * as api from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";

import { ProviderSource } from "../../src/telemetry/provider-source.ts";

/** An application's own copy of the API, which is older than ours. */
const older = createRequire(new URL("../compat/sdk2/package.json", import.meta.url))(
  "@opentelemetry/api",
) as typeof api;

const MESSAGE =
  "langchain-otel has no spans: the application's OpenTelemetry SDK uses @opentelemetry/api 1.9.1, and " +
  "langchain-otel a newer one, which does not see it. Run: npm i @opentelemetry/api@1.9.1";

const tracer = new api.ProxyTracerProvider().getTracer("its own");
const provider: api.TracerProvider = { getTracer: () => tracer };

let warn: MockInstance<typeof console.warn>;

function forget(): void {
  older.trace.disable();
  older.diag.disable();
  api.trace.disable();
  for (const key of ["opentelemetry.js.api.1", "langchain-otel.unreachable-provider/1"])
    Reflect.deleteProperty(globalThis, Symbol.for(key));
}

beforeEach(() => {
  forget();
  warn = vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(forget);

describe("a global provider of an older copy of the API, which ours does not reach", () => {
  it("is told of on the console, once", () => {
    older.trace.setGlobalTracerProvider(provider);
    for (const source of [new ProviderSource(), new ProviderSource()]) {
      source.tracer();
      source.tracer();
    }

    expect(warn.mock.calls).toEqual([[MESSAGE]]);
  });

  it("is told of through the logger that the application has given to its copy", () => {
    const error = vi.fn();
    const silent = { warn() {}, info() {}, debug() {}, verbose() {} };
    older.diag.setLogger({ ...silent, error }, { logLevel: older.DiagLogLevel.ERROR });
    older.trace.setGlobalTracerProvider(provider);
    new ProviderSource().tracer();

    expect(error.mock.calls).toEqual([[MESSAGE]]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("is told of when it is registered after the first span", () => {
    const source = new ProviderSource();
    source.tracer();
    expect(warn).not.toHaveBeenCalled();
    older.trace.setGlobalTracerProvider(provider);
    source.tracer();

    expect(warn.mock.calls).toEqual([[MESSAGE]]);
  });

  it("is looked for no more when one was there", () => {
    older.trace.setGlobalTracerProvider(provider);
    const source = new ProviderSource();
    source.tracer();
    const key = Symbol.for("opentelemetry.js.api.1");
    const globals = Reflect.get(globalThis, key) as { trace: object };
    const ask = vi.fn(() => globals.trace);
    Reflect.set(globalThis, key, Object.defineProperty({ ...globals }, "trace", { get: ask }));
    source.tracer();

    expect(ask).not.toHaveBeenCalled();
  });

  it.each([
    ["an option", () => new ProviderSource({ tracerProvider: provider })],
    [
      "the setter",
      () => {
        const source = new ProviderSource();
        source.setTracerProvider(provider);
        return source;
      },
    ],
  ])("is no matter where %s gives another", (_, make) => {
    older.trace.setGlobalTracerProvider(provider);

    expect(make().tracer()).toBe(tracer);
    expect(warn).not.toHaveBeenCalled();
  });
});

it.each([
  ["our own copy", api],
  ["none", undefined],
])("nothing is said of a provider of %s", (_, copy) => {
  copy?.trace.setGlobalTracerProvider(provider);
  new ProviderSource().tracer();

  expect(warn).not.toHaveBeenCalled();
});
