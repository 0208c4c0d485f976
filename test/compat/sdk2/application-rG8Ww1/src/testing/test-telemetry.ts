import type {
  Attributes,
  Context,
  Link,
  MeterProvider,
  SpanKind,
  TracerProvider,
} from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";

import type { FinishedSpan } from "../console/finished-span.ts";
import { badOption } from "../options.ts";
import { registerGlobally } from "./global-registration.ts";
import { type EmittedLog, LogCollector } from "./log-collector.ts";
import { MetricCollector, type TestMetric } from "./metric-collector.ts";
import { loadSdkPackages, missingMessage } from "./sdk-packages.ts";
import type { LoggerProviderLike, Stoppable } from "./sdk-types.ts";
import { SpanCollector } from "./span-collector.ts";
import { type SpanNode, spanTree } from "./span-tree.ts";

/** A SpanProcessor of SDK 2 or SDK 3. */
export interface TestSpanProcessor {
  onStart(span: object, parentContext: Context): void;
  onEnd(span: FinishedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A Sampler of SDK 2 or SDK 3. */
export interface TestSampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): { readonly decision: number };
}

/** Options of {@link createTestTelemetry}. */
export interface TestTelemetryOptions {
  /**
   * Whether the providers are registered as the global ones, with a context manager and the W3C propagators.
   * Without it the providers have to be given to what is tested.
   *
   * @default true
   */
  readonly global?: boolean | undefined;
  /** Processors that see each span before it is kept, in this order. @default none */
  readonly spanProcessors?: readonly TestSpanProcessor[] | undefined;
  /** Which spans are made. @default all */
  readonly sampler?: TestSampler | undefined;
  /** Attributes of the resource, `service.name` for example. @default none but the SDK's own */
  readonly resource?: Attributes | undefined;
}

/** Telemetry kept in memory. */
export interface TestTelemetry {
  readonly tracerProvider: TracerProvider & Stoppable;
  readonly meterProvider: MeterProvider & Stoppable;
  /** Absent when `@opentelemetry/sdk-logs` is not installed. */
  readonly loggerProvider: (LoggerProviderLike & Stoppable) | undefined;
  /** The spans that have ended, in the order of their ends. */
  spans(): FinishedSpan[];
  /**
   * The log records and events, in the order of being emitted.
   * @throws Error when `@opentelemetry/sdk-logs` is not installed.
   */
  logs(): EmittedLog[];
  /** The spans as trees of plain objects, see `spanTree`. */
  tree(): SpanNode[];
  /** What was measured, sorted by name. It is a promise because the SDK asks observable instruments first. */
  metrics(): Promise<TestMetric[]>;
  /** Forgets the spans, logs and measurements so far. */
  reset(): void;
  /** Unregisters what was registered; nothing is kept any more. What was kept can still be read. */
  shutdown(): void;
}

/**
 * An OpenTelemetry SDK for tests, on whichever of SDK 2 (2.9 and later) and SDK 3 is installed: spans, metrics and
 * logs are kept in memory, at once and all of them.
 *
 * ```ts
 * const telemetry = createTestTelemetry();
 * afterEach(() => telemetry.reset());
 * afterAll(() => telemetry.shutdown());
 *
 * await model.invoke("Hello", { callbacks: [new OpenTelemetryCallbackHandler()] });
 * expect(telemetry.tree()).toMatchSnapshot();
 * ```
 *
 * @throws TypeError for an option that is not as described, Error when the SDK is not installed or when another
 * provider is registered globally.
 */
export function createTestTelemetry(options: TestTelemetryOptions = {}): TestTelemetry {
  const { global = true, spanProcessors = [], sampler, resource } = options;
  if (typeof global !== "boolean") throw badOption("global", "true or false", global);
  if (!Array.isArray(spanProcessors))
    throw badOption("spanProcessors", "an array of span processors", spanProcessors);

  const sdk = loadSdkPackages();
  const shared =
    resource === undefined ? {} : { resource: sdk.resources.resourceFromAttributes(resource) };
  const spans = new SpanCollector();
  const logs = new LogCollector();
  const measurements = new MetricCollector(sdk.metrics);
  const tracerProvider = new sdk.trace.TracerProvider({
    ...shared,
    ...(sampler !== undefined && { sampler }),
    spanProcessors: [...spanProcessors, spans],
  });
  const meterProvider = new sdk.metrics.MeterProvider({
    ...shared,
    ...measurements.providerOptions,
  });
  const loggerProvider = sdk.logs && new sdk.logs.LoggerProvider({ ...shared, processors: [logs] });
  const unregister = global
    ? registerGlobally(sdk, { tracerProvider, meterProvider, loggerProvider })
    : undefined;

  let open = true;
  return {
    tracerProvider,
    meterProvider,
    loggerProvider,
    spans: () => spans.spans(),
    logs() {
      if (loggerProvider === undefined)
        throw new Error(missingMessage(["@opentelemetry/sdk-logs"]));
      return logs.logs();
    },
    tree: () => spanTree(spans.spans()),
    metrics: () => measurements.metrics(),
    reset() {
      spans.reset();
      logs.reset();
      measurements.reset();
    },
    shutdown() {
      // The SDK and the processors are told once; some complain of a second time.
      if (!open) return;
      open = false;
      unregister?.();
      for (const provider of [tracerProvider, meterProvider, loggerProvider]) {
        provider
          ?.shutdown()
          .catch((fault: unknown) => diag.error("langchain-otel/testing: shutdown failed", fault));
      }
    },
  };
}
