import { createNoopMeter, ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, it } from "vitest";

import type { Dialect } from "../../src/dialects/dialect.ts";
import type { RunRequest } from "../../src/operation.ts";
import { DialectMetrics } from "../../src/telemetry/dialect-metrics.ts";
import type { LimitedMeter } from "../../src/telemetry/limited-meter.ts";

const request: RunRequest = { kind: "chain", name: "any" };
const empty = () => ({});

/** A vocabulary that counts by so many counters. */
function counting(counters: number): Dialect {
  return {
    requestAttributes: empty,
    endAttributes: empty,
    contentAttributes: empty,
    counts: () =>
      Array.from({ length: counters }, (_, at) => ({
        counter: { name: `acme.${at}`, kind: "counter", unit: "{call}", description: "Calls." },
        value: 1,
        attributes: {},
      })),
  };
}

/** A meter that notes what it is asked for. */
function noting(): { meter: LimitedMeter; made: string[] } {
  const made: string[] = [];
  const meter = createNoopMeter();
  const limited: LimitedMeter = {
    createCounter: (name, options) => {
      made.push(name);
      return meter.createCounter(name, options);
    },
    createHistogram: (name) => meter.createHistogram(name),
    createUpDownCounter: (name) => meter.createUpDownCounter(name),
  };
  return { meter: limited, made };
}

it("a counter is made once for each meter", () => {
  const [first, second] = [noting(), noting()];
  let now = first;
  const metrics = new DialectMetrics(() => now.meter, [counting(1)]);
  for (const meter of [first, first, second]) {
    now = meter;
    metrics.end(request, { outcome: "ok" }, ROOT_CONTEXT);
  }
  expect([first.made, second.made]).toEqual([["acme.0"], ["acme.0"]]);
});

it("a dialect has no more than a hundred counters", () => {
  const { meter, made } = noting();
  const metrics = new DialectMetrics(() => meter, [counting(1000)]);
  metrics.end(request, { outcome: "ok" }, ROOT_CONTEXT);
  metrics.end(request, { outcome: "ok" }, ROOT_CONTEXT);
  expect(made).toHaveLength(100);
});
