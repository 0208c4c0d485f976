import { describe, expect, it } from "vitest";

import {
  BenignErrorSpanProcessor,
  type BenignErrorSpanProcessorOptions,
} from "../../src/processors/index.ts";
import { errorLike, exportedOf, UNSET } from "./sdks.ts";

const OK = { name: "one", exceptionType: "Stopped" };
const DEFAULTS =
  "langgraph-control-flow, user-abort, model-abort, unnamed-abort, bullmq-move, nats-draining, mcp-connection-closed, mcp-abort, queue-shutdown";
const FIELDS = "name, spanName, scope, attributes, exceptionType, exceptionMessage";
const TYPES = "a non-empty string, an array of them, or a RegExp";
const TEXT = "a non-empty string or a RegExp";

const wrongRule = (field: string, value: unknown, expected: string, got: string) =>
  [
    { rules: [{ ...OK, [field]: value }] },
    `Expected the \`rules[0].${field}\` option to be ${expected}, got ${got}`,
  ] as const;

describe("BenignErrorSpanProcessor's options", () => {
  it.each<readonly [options: unknown, message: string]>([
    [null, "Expected the `options` option to be an object, got null"],
    [[OK], "Expected the `options` option to be an object, got an array"],
    ["all", 'Expected the `options` option to be an object, got "all" (string)'],
    [
      { rule: [OK] },
      "There is no option `rule`. The options are rules, defaults, meterProvider, metricPrefix",
    ],
    [{ rules: OK }, "Expected the `rules` option to be an array of rules, got an object"],
    [{ rules: null }, "Expected the `rules` option to be an array of rules, got null"],
    [
      { rules: ["Stopped"] },
      'Expected the `rules[0]` option to be a rule, { name, exceptionType, … }, got "Stopped" (string)',
    ],
    [
      { rules: [OK, undefined] },
      "Expected the `rules[1]` option to be a rule, { name, exceptionType, … }, got undefined",
    ],
    [
      { rules: [{ ...OK, spanname: "x" }] },
      `There is no field \`spanname\` in a rule (\`rules[0]\`). The fields are ${FIELDS}`,
    ],
    [
      { rules: [{ exceptionType: "Stopped" }] },
      "Expected the `rules[0].name` option to be a non-empty string, got undefined",
    ],
    wrongRule("name", "", "a non-empty string", '"" (string)'),
    wrongRule("name", 7, "a non-empty string", "7 (number)"),
    [
      { rules: [{ name: "one" }] },
      `Expected the \`rules[0].exceptionType\` option to be ${TYPES}, got undefined`,
    ],
    wrongRule("exceptionType", "", TYPES, '"" (string)'),
    wrongRule("exceptionType", [], TYPES, "an array"),
    wrongRule("exceptionType", ["Stopped", ""], TYPES, "an array"),
    wrongRule("exceptionType", [/Stopped/], TYPES, "an array"),
    wrongRule("exceptionType", Error, TYPES, "a function"),
    wrongRule("exceptionMessage", 7, TEXT, "7 (number)"),
    wrongRule("exceptionMessage", "", TEXT, '"" (string)'),
    wrongRule("spanName", ["a"], TEXT, "an array"),
    wrongRule("spanName", "", TEXT, '"" (string)'),
    wrongRule("scope", null, TEXT, "null"),
    wrongRule("attributes", "a=1", "an object of attribute values or RegExps", '"a=1" (string)'),
    wrongRule("attributes", ["a"], "an object of attribute values or RegExps", "an array"),
    wrongRule("attributes", /a/, "an object of attribute values or RegExps", "an object"),
    wrongRule("attributes", null, "an object of attribute values or RegExps", "null"),
    [
      { rules: [{ ...OK, attributes: { a: ["x"] } }] },
      "Expected the `rules[0].attributes.a` option to be a string, a number, a boolean or a RegExp, got an array",
    ],
    [
      { rules: [{ ...OK, attributes: { a: undefined } }] },
      "Expected the `rules[0].attributes.a` option to be a string, a number, a boolean or a RegExp, got undefined",
    ],
    [
      { rules: [OK, OK] },
      'Expected the `rules[1].name` option to be a name that no other rule has, got "one" (string)',
    ],
    [
      { rules: [{ ...OK, name: "user-abort" }] },
      'Expected the `rules[0].name` option to be a name that no other rule has, or switched off as a default rule (`defaults`), got "user-abort" (string)',
    ],
    [
      { defaults: "none" },
      'Expected the `defaults` option to be false or an object such as { "queue-shutdown": false }, got "none" (string)',
    ],
    [
      { defaults: null },
      'Expected the `defaults` option to be false or an object such as { "queue-shutdown": false }, got null',
    ],
    [
      { defaults: ["user-abort"] },
      'Expected the `defaults` option to be false or an object such as { "queue-shutdown": false }, got an array',
    ],
    [
      { defaults: { "user-aborts": false } },
      `There is no default rule "user-aborts". The default rules are ${DEFAULTS}`,
    ],
    [
      { defaults: { toString: false } },
      `There is no default rule "toString". The default rules are ${DEFAULTS}`,
    ],
    [
      { defaults: { "user-abort": 0 } },
      "Expected the `defaults.user-abort` option to be false or true, got 0 (number)",
    ],
    [
      { meterProvider: {} },
      "Expected the `meterProvider` option to be a MeterProvider, got an object",
    ],
    [
      { metricPrefix: "1st" },
      expect.stringMatching(
        /^Expected the `metricPrefix` option to be a metric name prefix .*, got "1st" \(string\)$/,
      ),
    ],
  ])("refuse %j", (options, message) => {
    expect(() => new BenignErrorSpanProcessor(options as BenignErrorSpanProcessorOptions)).toThrow(
      expect.objectContaining({ constructor: TypeError, message }),
    );
  });

  it.each<BenignErrorSpanProcessorOptions>([
    {},
    { rules: undefined, defaults: undefined, meterProvider: undefined, metricPrefix: undefined },
    { rules: [], defaults: {} },
    { defaults: true },
    { defaults: { "user-abort": true, "queue-shutdown": undefined } },
  ])("keep all default rules with %j", async (options) => {
    const processor = new BenignErrorSpanProcessor(options);
    const abort = errorLike("AbortError", "This operation was aborted");
    const shutdown = errorLike("QueueShutDown", "");

    expect(
      (await exportedOf(processor, { spanName: "a2a.server.events.x" }, abort, shutdown)).status,
    ).toEqual(UNSET);
  });

  it("let a rule take the place of a default rule that is off", async () => {
    const processor = new BenignErrorSpanProcessor({
      defaults: { "queue-shutdown": false },
      rules: [{ name: "queue-shutdown", spanName: "queue.", exceptionType: "QueueShutDown" }],
    });

    expect(
      (await exportedOf(processor, { spanName: "queue.take" }, errorLike("QueueShutDown", "")))
        .status,
    ).toEqual(UNSET);
  });
});
