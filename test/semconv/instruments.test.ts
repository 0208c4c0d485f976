import { ROOT_CONTEXT } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";

import type { McpRequest } from "../../src/operation.ts";
import type { SemconvVersion } from "../../src/semconv/gen-ai.ts";
import { createModelInstruments, createRunInstruments } from "../../src/telemetry/instruments.ts";
import { McpMetrics } from "../../src/telemetry/mcp-metrics.ts";
import { checkingMeterProvider } from "../support/semconv/check-meter.ts";
import { deviationOf } from "../support/semconv/deviations.ts";
import { registryOf } from "../support/semconv/registry.ts";
import type { Violation } from "../support/semconv/violation.ts";

describe.each(["1.41", "next"] as const)("with %s", (version) => {
  it("every instrument has the registry's name, type, unit and buckets", () => {
    const { violations } = instruments(version);
    expect(violations.filter((each) => deviationOf(each) === undefined)).toEqual([]);
  });

  it("every metric of the registry that a client can measure exists", () => {
    const { names } = instruments(version);
    const missing = Object.keys(registryOf(version).metrics).filter(
      (name) => !names.includes(name) && !name.startsWith("gen_ai.server."),
    );
    expect(missing).toEqual([]);
  });
});

// --- internal ---

/** All that is created, and what is wrong with it. */
function instruments(version: SemconvVersion): { names: string[]; violations: Violation[] } {
  const names: string[] = [];
  const violations: Violation[] = [];
  const meter = checkingMeterProvider(version, (each) => violations.push(each)).getMeter("");
  const noting = new Proxy(meter, {
    get: (target, key: keyof typeof meter) =>
      ((name: string, options?: object) => {
        names.push(name);
        return (target[key] as (name: string, options?: object) => unknown)(name, options);
      }) as unknown,
  });
  createModelInstruments(noting, version, "langchain");
  createRunInstruments(noting, version, "langchain");
  const mcp = new McpMetrics(() => noting);
  const request: McpRequest = {
    kind: "mcp",
    side: "client",
    method: "ping",
    protocolVersion: "2025-11-25",
    transport: "pipe",
  };
  mcp.end(request, { outcome: "ok" }, 1, mcp.requestAttributes(request), ROOT_CONTEXT);
  return { names, violations };
}
