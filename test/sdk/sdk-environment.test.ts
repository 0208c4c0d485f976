import { afterEach, describe, expect, test, vi } from "vitest";

import { sdkEnvironment, withEnvironment } from "../../src/sdk/sdk-environment.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("sdkEnvironment", () => {
  test("leaves everything that the call leaves open", () => {
    expect(sdkEnvironment({ serviceName: "shop" }, { OTEL_METRICS_EXPORTER: "none" })).toEqual({});
    expect(sdkEnvironment({}, {})).toEqual({ OTEL_METRICS_EXPORTER: "otlp" });
  });

  test("says all that the call says, over what the environment says", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://other",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://another/v1/traces",
      OTEL_EXPORTER_OTLP_HEADERS: "x-team=blue",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_RESOURCE_ATTRIBUTES: "team=blue, deployment.environment.name=test",
      OTEL_TRACES_SAMPLER: "always_off",
    };
    const options = {
      endpoint: "http://host:4318/v1/traces",
      protocol: "http/json",
      headers: { authorization: "Bearer a,b=c", "x-key": "é" },
      sampleRate: 0.25,
      environment: "production",
    } as const;
    expect(sdkEnvironment(options, env)).toEqual({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://host:4318/v1/traces",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://host:4318/v1/metrics",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://host:4318/v1/logs",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: undefined,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20a%2Cb%3Dc,x-key=%C3%A9",
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "authorization=Bearer%20a%2Cb%3Dc,x-key=%C3%A9",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "authorization=Bearer%20a%2Cb%3Dc,x-key=%C3%A9",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
      OTEL_RESOURCE_ATTRIBUTES: "team=blue",
    });
  });

  test("does not double the path of an address of traces in the general variable", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4318/v1/traces",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs/v1/logs",
      OTEL_METRICS_EXPORTER: "otlp",
    };
    expect(sdkEnvironment({}, env)).toEqual({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://host:4318/v1/traces",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://host:4318/v1/metrics",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs/v1/logs",
    });
  });

  test("knows that gRPC has no path, by the protocol of each signal", () => {
    const env = { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "grpc", OTEL_METRICS_EXPORTER: "otlp" };
    expect(sdkEnvironment({ endpoint: "http://host:4318" }, env)).toEqual({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://host:4318/v1/traces",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://host:4318/",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://host:4318/v1/logs",
    });
  });
});

/** What other code would see. */
function seen(): unknown {
  return [process.env["OTEL_SERVICE_NAME"], process.env["OTEL_TRACES_SAMPLER"]];
}

describe("withEnvironment", () => {
  test("puts everything back, also after an error", () => {
    vi.stubEnv("OTEL_SERVICE_NAME", "before");
    vi.stubEnv("OTEL_TRACES_SAMPLER", undefined);
    const changes = { OTEL_SERVICE_NAME: undefined, OTEL_TRACES_SAMPLER: "always_off" };

    expect(withEnvironment(changes, seen)).toEqual([undefined, "always_off"]);
    expect(() =>
      withEnvironment(changes, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(seen()).toEqual(["before", undefined]);
    expect("OTEL_TRACES_SAMPLER" in process.env).toBe(false);
  });
});
