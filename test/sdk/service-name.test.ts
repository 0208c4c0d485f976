import { describe, expect, test } from "vitest";

import { serviceNameFor, type ServiceNameParts } from "../../src/sdk/service-name.ts";

describe("serviceNameFor", () => {
  test.each([
    [{ prefix: "acme", kind: "agent", name: "weather" }, "acme-weather"],
    [{ prefix: "acme", kind: "channel", name: "slack" }, "acme-channel-slack"],
    [{ prefix: "acme", kind: "agent", name: "weather_agent.v2" }, "acme-weather_agent.v2"],
    [{ prefix: "acme", kind: "agent", name: "  Support Agent (EU)\n" }, "acme-Support-Agent-EU"],
    [{ prefix: "acme-", kind: "agent", name: "-büro" }, "acme-büro"],
  ] as const)("makes of %o %s", (parts, name) => {
    expect(serviceNameFor(parts)).toBe(name);
  });

  test.each([
    [{ kind: "bot" }, 'Expected the `kind` option to be "agent" or "channel", got "bot" (string)'],
    [
      { name: " - " },
      'Expected the `name` option to be a name of at most 100 characters, with at least one letter or digit, got " - " (string)',
    ],
    [
      { name: "x".repeat(101) },
      `Expected the \`name\` option to be a name of at most 100 characters, with at least one letter or digit, got "${"x".repeat(100)}" (string)`,
    ],
    [
      { prefix: undefined },
      "Expected the `prefix` option to be a name of at most 100 characters, with at least one letter or digit, got undefined",
    ],
    [
      { name: "run-0af76519-16cd-43dd-8448-eb211c80319c" },
      'Expected the `name` option to be a name that does not change from run to run, got "run-0af76519-16cd-43dd-8448-eb211c80319c" (string)',
    ],
  ])("refuses %o", (wrong, message) => {
    const parts = { prefix: "acme", kind: "agent", name: "weather", ...wrong } as ServiceNameParts;
    expect(() => serviceNameFor(parts)).toThrow(new TypeError(message));
  });
});
