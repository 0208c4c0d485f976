import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type HandlerOptions, resolveOptions } from "../src/options.ts";
import { associationKeys } from "../src/options/association-keys.ts";
import { DIMENSIONS } from "../src/semconv/dimensions.ts";

afterEach(() => diag.disable());

const defaults = {
  tracerProvider: undefined,
  meterProvider: undefined,
  loggerProvider: undefined,
  semconv: "1.41",
  spanNames: "gen_ai",
  dialects: [],
  captureContent: "none",
  captureBlobs: false,
  redact: undefined,
  maxContentLength: 50_000,
  upload: undefined,
  cardinality: DIMENSIONS,
  cost: true,
  energy: undefined,
  chains: "roots",
  metricPrefix: "langchain",
  maxRuns: 100_000,
  runTtlMs: 3_600_000,
  otherInstrumentation: "skip",
  agentName: undefined,
  conversationId: undefined,
  attributes: {},
  association: associationKeys([
    "user",
    "session",
    "tenant",
    "tags",
    "prompt_name",
    "prompt_version",
  ]),
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
    [
      { LANGCHAIN_OTEL_ASSOCIATION: "userId, region" },
      { association: associationKeys(["user", "region"]) },
    ],
    [{ LANGCHAIN_OTEL_ASSOCIATION: "" }, {}],
    [{ LANGCHAIN_OTEL_DIALECTS: "openinference, llm" }, { dialects: ["openinference", "llm"] }],
    [{ LANGCHAIN_OTEL_DISABLED: "TRUE" }, { tracing: false, metrics: false, enabled: false }],
    [{ OTEL_SDK_DISABLED: "true" }, { tracing: false, metrics: false, enabled: false }],
    [{ OTEL_SDK_DISABLED: "false" }, {}],
    [{ LANGCHAIN_OTEL_COST: "false" }, { cost: false }],
    [{ LANGCHAIN_OTEL_COST: "TRUE" }, {}],
    [{ LANGCHAIN_OTEL_MAX_CONTENT_LENGTH: "100" }, { maxContentLength: 100 }],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" }, { captureContent: "span" }],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "False" }, {}],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "NO_CONTENT" }, {}],
    [
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "span_only" },
      { captureContent: "span" },
    ],
    [
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "EVENT_ONLY" },
      { captureContent: "event" },
    ],
    [
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "SPAN_AND_EVENT" },
      { captureContent: "both" },
    ],
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
    [
      { dialects: ["otel"] },
      'Expected the `dialects` option to be a list of "vystak", "llm", "openinference" and dialects of your own, got an array',
    ],
    [{ dialects: "llm" }, /^Expected the `dialects` option to be a list .*, got "llm" \(string\)$/],
    [{ dialects: [{ requestAttributes() {} }] }, /^Expected the `dialects` option to be a list/],
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
    [{ association: "user" }, /^Expected the `association` option to be a list of .*, got "user"/],
    [{ association: ["user", ""] }, /^Expected the `association` option to be a list of/],
    [{ association: ["two words"] }, /^Expected the `association` option to be a list of/],
    [
      { association: ["gen_ai.usage.input_tokens"] },
      /^Expected the `association` option to be a list of .* namespace of ours or of the conventions/,
    ],
    [{ association: Array(51).fill("a") }, /^Expected the `association` option to be a list of/],
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
      /^There is no option `captureEverything`\. The options are tracerProvider, meterProvider, loggerProvider, semconv/,
    ],
    [
      { captureContent: "all" },
      'Expected the `captureContent` option to be "none", "span", "event", "both" or a function (run) => mode, got "all" (string)',
    ],
    [
      { maxContentLength: -1 },
      "Expected the `maxContentLength` option to be a whole number above 0, got -1 (number)",
    ],
    [
      { upload: "s3://bucket" },
      'Expected the `upload` option to be a function or a file: URL of a folder, got "s3://bucket" (string)',
    ],
    [
      { cardinality: { planet: 3 } },
      /^Expected the `cardinality` option to be an object of whole numbers above 0, by model, provider/,
    ],
    [
      { cost: 1 },
      "Expected the `cost` option to be true, false, a CostTracker, a price table, or the JSON file that has one, got 1 (number)",
    ],
    [
      { energy: { models: { "*": { whPerOutputToken: -1 } } } },
      'Expected the `energy.models["*"].whPerOutputToken` option to be a number, 0 or above, got -1 (number)',
    ],
    [
      { energy: { models: {}, gramsPerKwh: "much" } },
      'Expected the `energy.gramsPerKwh` option to be a number, 0 or above, got "much" (string)',
    ],
    [{ energy: [] }, "Expected the `energy` option to be { models, gramsPerKwh }, got an array"],
    [
      { loggerProvider: {} },
      "Expected the `loggerProvider` option to be a LoggerProvider, got an object",
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
    LANGCHAIN_OTEL_ASSOCIATION: "user,,tenant",
    LANGCHAIN_OTEL_DIALECTS: "llm,otel",
  };
  expect(resolveOptions({}, env)).toEqual(defaults);
  expect(resolveOptions({}, env)).toEqual(defaults);
  expect(warn.mock.calls).toEqual([
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_DISABLED to be true or false, got "perhaps" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_DIALECTS to be a list of vystak, llm, openinference, got "llm,otel" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_CHAINS to be "none" or "roots" or "all", got "some" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_METRIC_PREFIX to be a metric name prefix such as "langchain" (a letter, then at most 62 letters, digits, `_`, `-` or `.`), got "9 lives" (string); it is ignored',
    ],
    [
      'langchain-otel: expected the environment variable LANGCHAIN_OTEL_ASSOCIATION to be a list of at most 50 names (a letter, then at most 63 letters, digits, `_`, `-` or `.`), none of which is in a namespace of ours or of the conventions, got "user,,tenant" (string); it is ignored',
    ],
  ]);
});
