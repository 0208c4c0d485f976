import { describe, expect, test } from "vitest";

import { isSignalEndpoint, portMismatch, signalEndpoint } from "../../src/sdk/endpoint.ts";

describe("signalEndpoint", () => {
  test.each([
    ["http://host:4318", "http://host:4318/v1/metrics"],
    ["http://host:4318/", "http://host:4318/v1/metrics"],
    ["http://host:4318/v1/traces", "http://host:4318/v1/metrics"],
    ["http://host:4318/v1/traces/", "http://host:4318/v1/metrics"],
    ["http://host:4318/v1/metrics", "http://host:4318/v1/metrics"],
    ["https://host/api/otlp", "https://host/api/otlp/v1/metrics"],
    ["https://host/api/otlp/v1/logs?key=a%2Fb", "https://host/api/otlp/v1/metrics?key=a%2Fb"],
  ])("of metrics at %s is %s", (endpoint, expected) => {
    expect(signalEndpoint(endpoint, "metrics", "http/protobuf")).toBe(expected);
  });

  test("has no path of a signal over gRPC", () => {
    expect(signalEndpoint("http://host:4317/v1/traces", "metrics", "grpc")).toBe(
      "http://host:4317/",
    );
  });
});

test("isSignalEndpoint tells an address with a signal's path from a base", () => {
  const addresses = [
    "http://host:4318/v1/traces",
    "http://host/v1/logs/",
    "http://host:4318",
    "host:4318",
    "",
  ];
  expect(addresses.filter(isSignalEndpoint)).toEqual([
    "http://host:4318/v1/traces",
    "http://host/v1/logs/",
  ]);
});

/** The port that is wrong and the one that is advised. */
function ports(env: Record<string, string>): string[] | undefined {
  return portMismatch(env)?.match(/port (?:4317|4318)/g) ?? undefined;
}

describe("portMismatch", () => {
  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317" }],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317/",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    ],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://host:4317/v1/traces" }],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
      },
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317", OTEL_TRACES_EXPORTER: "otlp,console" }],
  ])("finds the gRPC port under HTTP in %o", (env) => {
    expect(ports(env)).toEqual(["port 4317", "port 4318"]);
  });

  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4318", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }],
    [
      {
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "host:4318",
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "grpc",
      },
    ],
  ])("finds the HTTP port under gRPC in %o", (env) => {
    expect(ports(env)).toEqual(["port 4318", "port 4317"]);
  });

  test.each([
    [{}],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4318" }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:43170" }],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4317",
        OTEL_TRACES_EXPORTER: "console",
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
      },
    ],
  ])("finds nothing in %o", (env) => {
    expect(portMismatch(env)).toBeUndefined();
  });

  test("keeps the address, which may hold a key, to itself", () => {
    expect(
      portMismatch({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:pass@host:4317" }),
    ).not.toContain("host");
  });
});
