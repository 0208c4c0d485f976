import { metrics, trace } from "@opentelemetry/api";
import * as api from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { loadSdk } from "../../src/sdk/load-sdk.ts";
import { OtlpReceiver } from "../support/otlp-receiver.ts";
import { beIndiscreet } from "./indiscreet-program.ts";
import { type IndiscreetServer, startIndiscreetServer } from "./indiscreet-server.ts";
import { keyAt, KEYS } from "./planted-keys.ts";
import { leaks, payloads, saidByServer } from "./sent-payloads.ts";

let server: IndiscreetServer;
let receiver: OtlpReceiver;

beforeAll(async () => {
  server = await startIndiscreetServer(saidByServer());
});
beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
});
afterEach(() => receiver.close());
afterAll(() => server.close());

const SDK = loadSdk();

/** An exporter of the SDK's own, as applications have it. */
function exporter(signal: "trace" | "metrics" | "logs", kind: "proto" | "http"): never {
  const exporters = SDK.require(`@opentelemetry/exporter-${signal}-otlp-${kind}`) as Record<
    string,
    new (options: object) => unknown
  >;
  const [name = ""] = Object.keys(exporters).filter((each) => /^OTLP\w+Exporter$/.test(each));
  const path = signal === "trace" ? "traces" : signal;
  const Exporter = exporters[name]!;
  // The receiver itself reads JSON.
  const compression = kind === "http" ? "none" : "gzip";
  return new Exporter({ url: `${receiver.url}/v1/${path}`, compression }) as never;
}

interface Running {
  readonly providers: {
    readonly tracerProvider: TracerProvider;
    readonly meterProvider: MeterProvider;
    readonly loggerProvider: LoggerProvider;
  };
  stop(): Promise<void>;
}

/** The SDK without anything of ours, so that what is written is what is sent. */
function start(kind: "proto" | "http"): Running {
  const spanProcessors = [
    new BatchSpanProcessor({ exporter: exporter("trace", kind), maxQueueSize: 100_000 }),
  ];
  const readers = [new PeriodicExportingMetricReader({ exporter: exporter("metrics", kind) })];
  const processors = [new SimpleLogRecordProcessor({ exporter: exporter("logs", kind) })];
  const providers = {
    tracerProvider: new TracerProvider({ spanProcessors }),
    meterProvider: new MeterProvider({ readers }),
    loggerProvider: new LoggerProvider({ processors }),
  };
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    providers,
    async stop() {
      api.context.disable();
      trace.disable();
      metrics.disable();
      for (const provider of Object.values(providers)) await provider.shutdown();
    },
  };
}

describe("of thirty keys, wherever a program can put one, none leaves the process", () => {
  it("and they are thirty of thirty kinds", () => {
    expect(new Set(KEYS.map(({ secret }) => secret)).size).toBe(30);
  });

  it.each(
    (["none", "span", "event", "both"] as const).flatMap((captureContent) =>
      (["1.41", "next"] as const).flatMap((semconv) =>
        (["instrumentation", "handler"] as const).map(
          (by) => [captureContent, semconv, by] as const,
        ),
      ),
    ),
  )(
    "in what we write ourselves, with content %s and conventions %s, by the %s",
    async (captureContent, semconv, by) => {
      const { providers, stop } = start(captureContent === "event" ? "http" : "proto");
      const options = {
        ...providers,
        captureContent,
        semconv,
        spanNames: "semconv",
        agentName: `agent ${keyAt(1)}`,
        conversationId: keyAt(2),
        attributes: { "app.key": keyAt(3), "app.keys": KEYS.map(({ text }) => text) },
      } as const;
      const instrumentation =
        by === "instrumentation" ? new LangChainInstrumentation(options) : undefined;
      await instrumentation?.ready;
      const callbacks = by === "handler" ? [new OpenTelemetryCallbackHandler(options)] : [];
      await beIndiscreet({ url: server.url, callbacks });
      instrumentation?.disable();
      await stop();

      const sent = payloads(receiver);
      expect(leaks(sent)).toEqual([]);
      // The next version of the conventions has errors as log records, too.
      const isHeard = captureContent === "event" || captureContent === "both" || semconv === "next";
      expect(sent["traces"]?.includes("[redacted:key]")).toBe(true);
      expect(sent["metrics"]?.includes("langchain.llm.calls")).toBe(true);
      expect(sent["logs"]?.includes("[redacted:key]")).toBe(isHeard);
    },
  );
});
