import { describe, expect, test } from "vitest";

import {
  checkTelemetryOptions,
  handlerOptions,
  type TelemetryOptions,
} from "../../src/sdk/telemetry-options.ts";

describe("checkTelemetryOptions", () => {
  test("takes what it should", () => {
    const good: TelemetryOptions = {
      serviceName: "shop",
      environment: "production",
      endpoint: "https://host/otlp",
      protocol: "grpc",
      headers: { authorization: "Bearer x" },
      sampleRate: 0,
      enabled: true,
      console: false,
      semconv: "next",
      agentName: undefined,
    };
    expect(() => checkTelemetryOptions(good)).not.toThrow();
    expect(() => checkTelemetryOptions({})).not.toThrow();
  });

  test.each([
    [
      { serviceName: "" },
      'Expected the `serviceName` option to be a non-empty string, got "" (string)',
    ],
    [
      { environment: 1 },
      "Expected the `environment` option to be a non-empty string, got 1 (number)",
    ],
    [
      { endpoint: "localhost:4318" },
      'Expected the `endpoint` option to be an address such as http://localhost:4318, got "localhost:4318" (string)',
    ],
    [
      { endpoint: "" },
      'Expected the `endpoint` option to be an address such as http://localhost:4318, got "" (string)',
    ],
    [
      { protocol: "http" },
      'Expected the `protocol` option to be "http/protobuf" or "http/json" or "grpc", got "http" (string)',
    ],
    [
      { headers: { "a b": "c" } },
      "Expected the `headers` option to be an object of header names and values, got an object",
    ],
    [
      { headers: { a: "b\r\nc: d" } },
      "Expected the `headers` option to be an object of header names and values, got an object",
    ],
    [
      { headers: { a: undefined } },
      "Expected the `headers` option to be an object of header names and values, got an object",
    ],
    [
      { headers: ["a"] },
      "Expected the `headers` option to be an object of header names and values, got an array",
    ],
    [
      { sampleRate: 1.5 },
      "Expected the `sampleRate` option to be a number from 0 to 1, got 1.5 (number)",
    ],
    [
      { sampleRate: Number.NaN },
      "Expected the `sampleRate` option to be a number from 0 to 1, got NaN (number)",
    ],
    [
      { sampleRate: "1" },
      'Expected the `sampleRate` option to be a number from 0 to 1, got "1" (string)',
    ],
    [{ enabled: "no" }, 'Expected the `enabled` option to be true or false, got "no" (string)'],
    [{ console: 1 }, "Expected the `console` option to be true or false, got 1 (number)"],
    [{ semconv: "2" }, 'Expected the `semconv` option to be "1.41" or "next", got "2" (string)'],
  ])("refuses %o", (options, message) => {
    expect(() => checkTelemetryOptions(options as TelemetryOptions)).toThrow(
      new TypeError(message),
    );
  });

  test("refuses an option that does not exist, and lists those that do", () => {
    const misspelt = { servicename: "shop" } as TelemetryOptions;
    const check = (): void => checkTelemetryOptions(misspelt);
    expect(check).toThrow(
      /^There is no option `servicename`\. The options are .*semconv.*, enabled, serviceName, environment,/,
    );
    expect(check).toThrow(TypeError);
  });

  test.each([
    [null, "null"],
    ["shop", '"shop" (string)'],
  ])("refuses %o in place of options", (options, shown) => {
    const message = `Expected the options to be an object, got ${shown}`;
    expect(() => checkTelemetryOptions(options as unknown as TelemetryOptions)).toThrow(
      new TypeError(message),
    );
  });
});

test("handlerOptions are all but ours", () => {
  const options: TelemetryOptions = {
    serviceName: "shop",
    console: true,
    enabled: true,
    semconv: "next",
    agentName: "a",
  };
  expect(handlerOptions(options)).toEqual({ semconv: "next", agentName: "a" });
});
