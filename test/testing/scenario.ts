import { createRequire } from "node:module";
import { setImmediate as turn } from "node:timers/promises";

import * as api from "@opentelemetry/api";
import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

import { createTestTelemetry } from "../../src/testing/index.ts";

/**
 * Uses every part of a global test telemetry, on whatever SDK is there, and returns what came of it as plain data.
 * The same has to come on each SDK.
 */
export async function scenario(): Promise<object> {
  const telemetry = createTestTelemetry({ resource: { "service.name": "shop" } });
  await traced();
  measured();
  logged();
  const first = {
    tree: telemetry.tree(),
    names: telemetry.spans().map((span) => span.name),
    service: telemetry.spans()[0]?.resource.attributes["service.name"],
    metrics: await telemetry.metrics(),
    logs: telemetry.logs().map(({ eventName, body, attributes, severityNumber }) => ({
      eventName,
      body,
      attributes,
      severityNumber,
    })),
    propagated: propagated(),
  };

  telemetry.reset();
  metrics.getMeter("test").createCounter("calls", { unit: "{call}" }).add(5, { model: "a" });
  const afterReset = {
    spans: telemetry.spans().length,
    logs: telemetry.logs().length,
    metrics: await telemetry.metrics(),
  };

  telemetry.shutdown();
  const afterShutdown = {
    recording: trace.getTracer("test").startSpan("nobody sees this").isRecording(),
    context: await activeSpanAfterAwait(),
    propagated: propagated(),
    spans: telemetry.spans().length,
  };

  const second = createTestTelemetry();
  telemetry.shutdown();
  trace.getTracer("test").startSpan("again").end();
  metrics.getMeter("test").createCounter("calls").add(1);
  const again = {
    tree: second.tree(),
    metrics: await second.metrics(),
    context: await activeSpanAfterAwait(),
  };
  second.shutdown();
  return { first, afterReset, afterShutdown, again };
}

// --- internal ---

async function traced(): Promise<void> {
  const tracer = trace.getTracer("test");
  await tracer.startActiveSpan("request", { kind: SpanKind.SERVER }, async (request) => {
    await turn();
    tracer.startActiveSpan(
      "gen_ai.chat",
      { kind: SpanKind.CLIENT, attributes: { n: 1, list: ["stop"] } },
      (chat) => {
        chat.addEvent("exception", { "exception.type": "Error" });
        chat.setStatus({ code: SpanStatusCode.ERROR, message: "boom" });
        chat.end();
      },
    );
    tracer
      .startSpan("save", {
        links: [{ context: request.spanContext(), attributes: { why: "asked" } }],
      })
      .end();
    request.end();
  });
}

function measured(): void {
  const meter = metrics.getMeter("test");
  meter.createCounter("calls", { unit: "{call}" }).add(2, { model: "b" });
  meter.createCounter("calls", { unit: "{call}" }).add(1, { model: "a" });
  meter.createUpDownCounter("open").add(-1);
  meter.createGauge("level").record(7);
  meter.createObservableGauge("seen").addCallback((result) => result.observe(3));
  const duration = meter.createHistogram("duration", {
    unit: "s",
    advice: { explicitBucketBoundaries: [1, 10] },
  });
  for (const seconds of [0.5, 2, 20]) duration.record(seconds, { model: "a" });
}

interface LogsApi {
  getLogger(name: string): { emit(record: object): void };
}

/** Api 1.9 has its logs in a package of their own. */
function logged(): void {
  const { logs } = api as { logs?: LogsApi };
  const logsApi =
    logs ?? (createRequire(import.meta.url)("@opentelemetry/api-logs") as { logs: LogsApi }).logs;
  logsApi.getLogger("test").emit({
    eventName: "happened",
    body: { deep: [1] },
    attributes: { k: "v" },
    severityNumber: 9,
  });
}

function propagated(): string[] {
  const span = trace.wrapSpanContext({
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    traceFlags: 1,
  });
  const baggage = propagation.createBaggage({ tenant: { value: "x" } });
  const carrier = {};
  propagation.inject(
    propagation.setBaggage(trace.setSpan(api.ROOT_CONTEXT, span), baggage),
    carrier,
  );
  return Object.keys(carrier).sort();
}

async function activeSpanAfterAwait(): Promise<boolean> {
  const span = trace.wrapSpanContext({
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    traceFlags: 1,
  });
  return context.with(trace.setSpan(api.ROOT_CONTEXT, span), async () => {
    await turn();
    return trace.getActiveSpan()?.spanContext().spanId === "b".repeat(16);
  });
}
