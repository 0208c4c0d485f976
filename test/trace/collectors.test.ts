import { diag, SpanKind } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createTestTelemetry } from "../../src/testing/index.ts";
import {
  type CapturedSpan,
  type CapturedTrace,
  captureTrace,
  InMemoryCollector,
  OtlpCollector,
  StdoutCollector,
  traced,
  withRootSpan,
} from "../../src/trace/index.ts";
import { OtlpReceiver } from "../support/otlp-receiver.ts";

const traceOf = (id: number | string, more: Partial<CapturedTrace> = {}): CapturedTrace => ({
  trace_id: String(id).padStart(32, "0"),
  spans: [],
  ...more,
});

const work = (): Promise<{ trace: CapturedTrace }> =>
  captureTrace(() =>
    withRootSpan(
      "request",
      { attributes: { city: "Lisbon", tries: 2, share: 0.5, ok: true } },
      () => traced("trace", "step", () => 7)(),
    ),
  );

describe("StdoutCollector", () => {
  it("prints a line of JSON for each trace", async () => {
    const printed: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
    const { trace } = await captureTrace(() => withRootSpan("request", () => {}), {
      collector: new StdoutCollector(),
    });
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(printed[0] ?? "")).toEqual(trace);
  });
});

describe("InMemoryCollector", () => {
  it("keeps 10,000 traces, the newest", () => {
    const collector = new InMemoryCollector();
    for (let id = 1; id <= 10_001; id++) collector.collect(traceOf(id));
    expect(collector.size).toBe(10_000);
    expect(collector.get(traceOf(1).trace_id)).toBeUndefined();
    expect(collector.get(traceOf(2).trace_id)).toEqual(traceOf(2));
    expect(collector.list({ limit: 2 })).toEqual([traceOf(10_001), traceOf(10_000)]);
    expect(collector.list()).toHaveLength(20);
    collector.clear();
    expect(collector.list()).toEqual([]);
  });

  it("finds by agent and session", () => {
    const collector = new InMemoryCollector({ maxTraces: 3 });
    const [a, b, c] = [
      traceOf(1, { agent: "a", session: "s" }),
      traceOf(2, { agent: "b", session: "s" }),
      traceOf(3, { agent: "a" }),
    ];
    for (const each of [a, b, c]) collector.collect(each);
    expect(collector.list({ agent: "a" })).toEqual([c, a]);
    expect(collector.list({ session: "s" })).toEqual([b, a]);
    expect(collector.list({ agent: "a", session: "s" })).toEqual([a]);
  });

  it("joins what is captured within one trace", async () => {
    const collector = new InMemoryCollector();
    const { trace } = await captureTrace(
      () =>
        withRootSpan("outer", () =>
          captureTrace(() => traced("trace", "inner", () => {})(), { collector }),
        ),
      { collector },
    );
    expect(collector.size).toBe(1);
    expect(
      collector
        .get(trace.trace_id)
        ?.spans.map(({ name }) => name)
        .toSorted(),
    ).toEqual(["inner", "outer"]);
  });

  it("joins what comes of one trace one after the other", () => {
    const span = (name: string, id: string, end: string | null): CapturedSpan => ({
      name,
      span_id: id.repeat(16),
      parent_span_id: null,
      start_time: "2026-11-20T00:00:00.001Z",
      end_time: end,
      duration_ms: null,
      attributes: {},
      status: "UNSET",
    });
    const [open, ended] = [span("a", "1", null), span("a", "1", "2026-11-20T00:00:00.002Z")];
    const other = span("b", "2", null);
    const collector = new InMemoryCollector();
    collector.collect(traceOf(1, { agent: "first", spans: [open] }));
    collector.collect(traceOf(2));
    collector.collect(traceOf(1, { session: "s", spans: [other, ended] }));
    expect(collector.list()).toEqual([
      traceOf(1, { agent: "first", session: "s", spans: [ended, other] }),
      traceOf(2),
    ]);
  });

  it("refuses no number", () => {
    expect(() => new InMemoryCollector({ maxTraces: 0 })).toThrow(
      "Expected the `maxTraces` option to be a whole number above 0, got 0 (number)",
    );
  });
});

describe("OtlpCollector", () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await OtlpReceiver.listen();
  });
  afterEach(() => receiver.close());

  interface Sent {
    readonly resourceSpans: readonly {
      readonly resource: unknown;
      readonly scopeSpans: readonly {
        readonly scope: { readonly name: string };
        readonly spans: readonly Record<string, unknown>[];
      }[];
    }[];
  }
  const sent = (): Sent[] =>
    receiver.requests.map(({ body }) => JSON.parse(body.toString()) as Sent);
  const spansOf = (each: Sent | undefined): readonly Record<string, unknown>[] =>
    each?.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];

  it("sends the ids, parents, kinds and times that an SDK has", async () => {
    const telemetry = createTestTelemetry();
    const collector = new OtlpCollector({ endpoint: receiver.url, serviceName: "shop" });
    const { trace } = await work();
    const exported = telemetry.spans().map((span) => ({
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: span.parentSpanContext?.spanId,
      name: span.name,
      kind: span.kind + 1,
      startTimeUnixNano: `${span.startTime[0]}${String(span.startTime[1]).padStart(9, "0")}`,
      endTimeUnixNano: `${span.endTime[0]}${String(span.endTime[1]).padStart(9, "0")}`,
    }));
    telemetry.shutdown();
    collector.collect(trace);
    await collector.forceFlush();

    expect(receiver.requests.map(({ path }) => path)).toEqual(["/v1/traces"]);
    const [request] = sent();
    expect(request?.resourceSpans[0]?.resource).toEqual({
      attributes: [{ key: "service.name", value: { stringValue: "shop" } }],
    });
    expect(request?.resourceSpans[0]?.scopeSpans[0]?.scope.name).toBe("langchain-otel");
    const spans = spansOf(request);
    expect(
      spans.map(
        ({ traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano }) => ({
          traceId,
          spanId,
          parentSpanId,
          name,
          kind,
          startTimeUnixNano,
          endTimeUnixNano,
        }),
      ),
    ).toEqual(exported.toReversed());
    expect(spans[0]).toMatchObject({
      kind: SpanKind.SERVER + 1,
      attributes: [
        { key: "city", value: { stringValue: "Lisbon" } },
        { key: "tries", value: { intValue: "2" } },
        { key: "share", value: { doubleValue: 0.5 } },
        { key: "ok", value: { boolValue: true } },
      ],
      events: [],
      links: [],
      status: { code: 0 },
    });
  });

  it("sends a trace that was read from a file, and what has failed with its error", async () => {
    const traces: CapturedTrace[] = [];
    const collector = { collect: (trace: CapturedTrace) => void traces.push(trace) };
    await captureTrace(
      () =>
        withRootSpan("request", () => {
          throw new TypeError("no such city");
        }),
      { collector },
    ).catch(() => {});
    const otlp = new OtlpCollector({ endpoint: `${receiver.url}/v1/traces/` });
    otlp.collect(traces[0] ?? traceOf(1));
    await otlp.forceFlush();
    otlp.collect(JSON.parse(JSON.stringify(traces[0])) as CapturedTrace);
    await otlp.forceFlush();

    const [[own], [read]] = sent().map(spansOf) as [
      Record<string, unknown>[],
      Record<string, unknown>[],
    ];
    expect(own?.["status"]).toEqual({ code: 2, message: "no such city" });
    expect(own?.["events"]).toMatchObject([{ name: "exception" }]);
    expect(read).toEqual({ ...own, kind: 1, events: [] });
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/traces"]);
  });

  it("leaves out what is not over, and waits for nobody", async () => {
    const span = (name: string, end: string | null): CapturedTrace["spans"][number] => ({
      name,
      span_id: "a".repeat(16),
      parent_span_id: null,
      start_time: "2026-11-20T00:00:00.001Z",
      end_time: end,
      duration_ms: end === null ? null : 1.5,
      attributes: { list: ["a", null] },
      status: "UNSET",
    });
    const collector = new OtlpCollector({
      endpoint: new URL(receiver.url),
      headers: { "x-key": "1" },
    });
    const spans = [span("open", null), span("done", "2026-11-20T00:00:00.002Z")];
    collector.collect(traceOf("ab", { spans }));
    await collector.forceFlush();
    expect(spansOf(sent()[0])).toEqual([
      {
        traceId: traceOf("ab").trace_id,
        spanId: "a".repeat(16),
        name: "done",
        kind: 1,
        startTimeUnixNano: "1795132800001000000",
        endTimeUnixNano: "1795132800002500000",
        attributes: [
          { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, {}] } } },
        ],
        events: [],
        links: [],
        status: { code: 0 },
      },
    ]);
    expect(receiver.requests[0]?.headers["x-key"]).toBe("1");
  });

  it("goes by the environment", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `${receiver.url}/base`);
    vi.stubEnv("OTEL_SERVICE_NAME", "from-env");
    const byBase = new OtlpCollector();
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", `${receiver.url}/own`);
    const byOwn = new OtlpCollector();
    for (const collector of [byBase, byOwn]) {
      collector.collect(traceOf(1));
      await collector.forceFlush();
    }
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/base/v1/traces", "/own"]);
    expect(JSON.stringify(sent()[0]?.resourceSpans[0]?.resource)).toContain("from-env");
    const warned = vi.spyOn(diag, "warn").mockImplementation(() => {});
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "nowhere");
    expect(() => new OtlpCollector()).not.toThrow();
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it("reports once what cannot be sent", async () => {
    const report = vi.spyOn(diag, "error").mockImplementation(() => {});
    const other = await OtlpReceiver.listen();
    const collector = new OtlpCollector({ endpoint: other.url });
    await other.close();
    for (const id of [1, 2]) {
      collector.collect(traceOf(id));
      await collector.forceFlush();
    }
    expect(report).toHaveBeenCalledTimes(1);
  });

  it("refuses what is no address", () => {
    expect(() => new OtlpCollector({ endpoint: "localhost:4318" })).toThrow(
      'Expected the `endpoint` option to be an http: or https: address, got "localhost:4318" (string)',
    );
  });
});
