import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type HandlerOptions, resolveOptions } from "../src/options.ts";

afterEach(() => diag.disable());

const defaults = {
  tracerProvider: undefined,
  meterProvider: undefined,
  semconv: "1.41",
  spanNames: "gen_ai",
  chains: "roots",
  metricPrefix: "langchain",
  maxRuns: 100_000,
  runTtlMs: 3_600_000,
  otherInstrumentation: "skip",
  agentName: undefined,
  conversationId: undefined,
  attributes: {},
  tracing: true,
  metrics: true,
  enabled: true,
};

describe("options", () => {
  it("have defaults", () => {
    expect(resolveOptions({}, {})).toEqual(defaults);
    expect(resolveOptions(undefined, {})).toEqual(defaults);
  });

  it("name spans as the conventions do with the next version", () => {
    expect(resolveOptions({ semconv: "next" }, {})).toEqual({
      ...defaults,
      semconv: "next",
      spanNames: "semconv",
    });
    expect(resolveOptions({ semconv: "next", spanNames: "gen_ai" }, {}).spanNames).toBe("gen_ai");
  });

  it.each<[Record<string, string>, object]>([
    [
      { OTEL_SEMCONV_STABILITY_OPT_IN: "http,gen_ai_latest_experimental" },
      { semconv: "next", spanNames: "semconv" },
    ],
    [{ OTEL_SEMCONV_STABILITY_OPT_IN: "http" }, {}],
    [{ LANGCHAIN_OTEL_METRIC_PREFIX: "acme" }, { metricPrefix: "acme" }],
    [{ LANGCHAIN_OTEL_METRIC_PREFIX: "" }, {}],
    [{ LANGCHAIN_OTEL_CHAINS: "all" }, { chains: "all" }],
    [{ LANGCHAIN_OTEL_CHAINS: "none" }, { chains: "none" }],
    [{ LANGCHAIN_OTEL_CHAINS: "" }, {}],
    [{ LANGCHAIN_OTEL_DISABLED: "TRUE" }, { tracing: false, metrics: false, enabled: false }],
    [{ OTEL_SDK_DISABLED: "true" }, { tracing: false, metrics: false, enabled: false }],
    [{ OTEL_SDK_DISABLED: "false" }, {}],
  ])("are filled from the environment %j", (env, changes) => {
    expect(resolveOptions({}, env)).toEqual({ ...defaults, ...changes });
  });

  it("beat the environment", () => {
    const env = {
      OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental",
      OTEL_SDK_DISABLED: "true",
      LANGCHAIN_OTEL_METRIC_PREFIX: "a",
      LANGCHAIN_OTEL_CHAINS: "none",
    };
    const options = {
      semconv: "1.41",
      metricPrefix: "b",
      chains: "all",
      tracing: true,
      metrics: true,
      enabled: true,
    } as const;
    expect(resolveOptions(options, env)).toEqual({ ...defaults, ...options });
  });
});

describe("a wrong option throws, and says what was expected:", () => {
  it.each<[unknown, string]>([
    [{ semconv: "2" }, 'Expected the `semconv` option to be "1.41" or "next", got "2" (string)'],
    [
      { spanNames: 1 },
      'Expected the `spanNames` option to be "gen_ai" or "semconv", got 1 (number)',
    ],
    [
      { chains: true },
      'Expected the `chains` option to be "none" or "roots" or "all", got true (boolean)',
    ],
    [
      { otherInstrumentation: "both!" },
      'Expected the `otherInstrumentation` option to be "skip" or "both", got "both!" (string)',
    ],
    [{ maxRuns: 0 }, "Expected the `maxRuns` option to be a whole number above 0, got 0 (number)"],
    [
      { maxRuns: 1.5 },
      "Expected the `maxRuns` option to be a whole number above 0, got 1.5 (number)",
    ],
    [
      { runTtlMs: Number.POSITIVE_INFINITY },
      "Expected the `runTtlMs` option to be a whole number above 0, got Infinity (number)",
    ],
    [
      { agentName: "" },
      'Expected the `agentName` option to be a non-empty string, got "" (string)',
    ],
    [{ tracing: "yes" }, 'Expected the `tracing` option to be true or false, got "yes" (string)'],
    [
      { tracerProvider: {} },
      "Expected the `tracerProvider` option to be a TracerProvider, got an object",
    ],
    [
      { meterProvider: null },
      "Expected the `meterProvider` option to be a MeterProvider, got null",
    ],
    [
      { attributes: [] },
      "Expected the `attributes` option to be an object of attribute values, got an array",
    ],
    [
      { attributes: { a: {} } },
      "Expected the `attributes` option to be an object of attribute values, got an object",
    ],
    [
      { metricPrefix: "1" },
      /^Expected the `metricPrefix` option to be a metric name prefix such as "langchain"/,
    ],
    [
      { captureEverything: true },
      /^There is no option `captureEverything`\. The options are tracerProvider, meterProvider, semconv/,
    ],
    [{ constructor: 1 }, /^There is no option `constructor`/],
    ["next", 'Expected the options to be an object, got "next" (string)'],
    [[], "Expected the options to be an object, got an array"],
  ] as [unknown, string][])("%j", (options, message) => {
    expect(() => resolveOptions(options as HandlerOptions, {})).toThrow(message);
    expect(() => resolveOptions(options as HandlerOptions, {})).toThrow(TypeError);
  });
});

it("a wrong environment value is reported once and ignored", () => {
  const warn = vi.fn();
  diag.setLogger(
    { ...console, verbose: vi.fn(), warn },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const env = {
    LANGCHAIN_OTEL_METRIC_PREFIX: "9 lives",
    LANGCHAIN_OTEL_DISABLED: "perhaps",
    LANGCHAIN_OTEL_CHAINS: "some",
  };
  expect(resolveOptions({}, env)).toEqual(defaults);
  expect(resolveOptions({}, env)).toEqual(defaults);
  expect(warn.mock.calls).toEqual([
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_DISABLED to be true or false, got "perhaps" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_CHAINS to be "none" or "roots" or "all", got "some" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_METRIC_PREFIX to be a metric name prefix such as "langchain" (a letter, then at most 62 letters, digits, `_`, `-` or `.`), got "9 lives" (string); it is ignored',
    ],
  ]);
});
