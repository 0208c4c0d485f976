import { createRequire } from "node:module";

import { diag, DiagLogLevel, type MeterProvider, metrics } from "@opentelemetry/api";
import * as metrics3 from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, it, vi } from "vitest";

import { BenignErrorSpanProcessor } from "../../src/processors/index.ts";
import { errorLike, exportedOf, fail, RED, SDK20, UNSET } from "./sdks.ts";

const STOPPED = errorLike("Stopped", "");
const PAUSED = errorLike("Paused", "");
const rules = [
  { name: "stop", exceptionType: "Stopped" },
  { name: "pause", exceptionType: "Paused" },
];

afterEach(() => {
  metrics.disable();
  diag.disable();
});

describe.each([
  ["3.1", metrics3 as MetricsModule],
  [
    "2.12",
    createRequire(new URL("../compat/sdk2/package.json", import.meta.url))(
      "@opentelemetry/sdk-metrics",
    ) as MetricsModule,
  ],
])("on metrics SDK %s", (_version, sdk) => {
  it("counts downgraded spans by the rule of their first exception, and nothing else", async () => {
    const { meterProvider, collect } = meter(sdk);
    const processor = new BenignErrorSpanProcessor({ rules, meterProvider });
    await exportedOf(processor, {}, STOPPED);
    await exportedOf(processor, {}, STOPPED, PAUSED);
    await exportedOf(processor, {}, PAUSED);
    await exportedOf(
      processor,
      { spanName: "a2a.server.events.x" },
      errorLike("QueueShutDown", ""),
    );
    await exportedOf(processor, {}, STOPPED, new TypeError("x"));
    await exportedOf(processor, {});

    expect(await collect()).toEqual([
      {
        name: "langchain.spans.downgraded",
        unit: "{span}",
        scope: "langchain-otel",
        monotonic: true,
        points: [
          { attributes: { rule: "stop" }, value: 2 },
          { attributes: { rule: "pause" }, value: 1 },
          { attributes: { rule: "queue-shutdown" }, value: 1 },
        ],
      },
    ]);
  });
});

describe("the counter of downgraded spans", () => {
  it("counts once for a span on SDK 2.0 too", async () => {
    const { meterProvider, collect } = meter();
    const { tracer } = SDK20.start(
      "before",
      new BenignErrorSpanProcessor({ rules, meterProvider }),
    );
    fail(tracer().startSpan("work"), STOPPED).end();

    expect(await counts(collect)).toEqual({ stop: 1 });
  });

  it("exists from the first downgrade on, not before", async () => {
    const { meterProvider, collect } = meter();
    const processor = new BenignErrorSpanProcessor({ rules, meterProvider });
    await exportedOf(processor, {}, new TypeError("x"));

    expect(await collect()).toEqual([]);
  });

  it("has the prefix of the option, else of the environment", async () => {
    vi.stubEnv("LANGCHAIN_OTEL_METRIC_PREFIX", "env");
    const { meterProvider, collect } = meter();
    await exportedOf(new BenignErrorSpanProcessor({ rules, meterProvider }), {}, STOPPED);
    await exportedOf(
      new BenignErrorSpanProcessor({ rules, meterProvider, metricPrefix: "acme" }),
      {},
      STOPPED,
    );

    expect((await collect()).map(({ name }) => name)).toEqual([
      "env.spans.downgraded",
      "acme.spans.downgraded",
    ]);
  });

  it("follows the global provider: one that comes late, and one that takes its place", async () => {
    const processor = new BenignErrorSpanProcessor({ rules });
    await exportedOf(processor, {}, STOPPED);
    const first = meter();
    metrics.setGlobalMeterProvider(first.meterProvider);
    await exportedOf(processor, {}, STOPPED);
    await exportedOf(processor, {}, STOPPED);
    metrics.disable();
    const second = meter();
    metrics.setGlobalMeterProvider(second.meterProvider);
    await exportedOf(processor, {}, PAUSED);

    expect(await counts(first.collect)).toEqual({ stop: 2 });
    expect(await counts(second.collect)).toEqual({ pause: 1 });
  });

  it("leaves the global provider alone when it was given one", async () => {
    const global = meter();
    const own = meter();
    metrics.setGlobalMeterProvider(global.meterProvider);
    await exportedOf(
      new BenignErrorSpanProcessor({ rules, meterProvider: own.meterProvider }),
      {},
      STOPPED,
    );

    expect(await counts(own.collect)).toEqual({ stop: 1 });
    expect(await global.collect()).toEqual([]);
  });

  it("may fail: the span is downgraded all the same, and the fault is reported once", async () => {
    const error = vi.fn();
    diag.setLogger(
      { error, warn() {}, info() {}, debug() {}, verbose() {} },
      { logLevel: DiagLogLevel.ERROR },
    );
    const meterProvider: MeterProvider = {
      getMeter: () => {
        throw new Error("no meter");
      },
    };
    const processor = new BenignErrorSpanProcessor({ rules, meterProvider });

    expect((await exportedOf(processor, {}, STOPPED)).status).toEqual(UNSET);
    expect((await exportedOf(processor, {}, STOPPED)).status).toEqual(UNSET);
    expect((await exportedOf(processor, {}, new TypeError("x"))).status).toEqual(RED);
    expect(error).toHaveBeenCalledTimes(1);
  });
});

// --- internal ---

type MetricsModule = Pick<typeof metrics3, "MeterProvider" | "MetricReader">;

interface Collected {
  readonly name: string;
  readonly unit: string;
  readonly scope: string;
  readonly monotonic: boolean;
  readonly points: readonly { readonly attributes: object; readonly value: number }[];
}

/** A meter provider of the SDK, and what it would export. */
function meter(sdk: MetricsModule = metrics3): {
  meterProvider: MeterProvider;
  collect: () => Promise<Collected[]>;
} {
  const reader = new (class extends sdk.MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  })();
  const meterProvider = new sdk.MeterProvider({ readers: [reader] });
  const collect = async (): Promise<Collected[]> => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ scope, metrics: all }) =>
      all.map(({ descriptor, dataPoints, ...metric }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        scope: scope.name,
        monotonic: "isMonotonic" in metric && metric.isMonotonic,
        points: dataPoints.map(({ attributes, value }) => ({ attributes, value: value as number })),
      })),
    );
  };
  return { meterProvider, collect };
}

async function counts(collect: () => Promise<Collected[]>): Promise<Record<string, number>> {
  const [only] = await collect();
  return Object.fromEntries(
    only?.points.map(({ attributes, value }) => [Object.values(attributes)[0], value]) ?? [],
  );
}
