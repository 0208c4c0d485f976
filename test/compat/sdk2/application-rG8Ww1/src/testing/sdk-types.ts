import type {
  Attributes,
  ContextManager,
  MeterProvider,
  TextMapPropagator,
  TracerProvider,
} from "@opentelemetry/api";

// As much of the SDK's packages as is used here, which is the same in SDK 2 and SDK 3. It is written down because the
// packages are optional: our types must not name them, and there are two versions of each.

/** What every provider of the SDK has beside what the API promises. */
export interface Stoppable {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** `@opentelemetry/sdk-trace`, 2.9 and later. */
export interface TraceSdk {
  readonly TracerProvider: new (options: object) => TracerProvider & Stoppable;
}

/** `@opentelemetry/sdk-metrics`. */
export interface MetricsSdk {
  readonly MeterProvider: new (options: object) => MeterProvider & Stoppable;
  readonly MetricReader: new (options?: object) => { collect(): Promise<CollectedMetrics> };
  readonly DataPointType: Readonly<
    Record<"SUM" | "GAUGE" | "HISTOGRAM" | "EXPONENTIAL_HISTOGRAM", number>
  >;
}

/** What a metric reader collects. */
interface CollectedMetrics {
  readonly errors: readonly unknown[];
  readonly resourceMetrics: {
    readonly scopeMetrics: readonly { readonly metrics: readonly CollectedMetric[] }[];
  };
}

export interface CollectedMetric {
  readonly descriptor: { readonly name: string; readonly unit: string };
  readonly dataPointType: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints: readonly { readonly attributes: Attributes; readonly value: unknown }[];
}

/** `@opentelemetry/sdk-logs`. */
export interface LogsSdk {
  readonly LoggerProvider: new (options: object) => LoggerProviderLike & Stoppable;
}

/** The API's LoggerProvider, which api 1.9 has in a package of its own. */
export interface LoggerProviderLike {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

/** The API's entry to logs: `logs` of api 1.10, or of `@opentelemetry/api-logs` with api 1.9. */
export interface LogsApi {
  setGlobalLoggerProvider(provider: LoggerProviderLike): unknown;
  disable(): void;
}

/** `@opentelemetry/context-async-hooks`. */
export interface ContextSdk {
  readonly AsyncLocalStorageContextManager: new () => ContextManager;
}

/** `@opentelemetry/core`. */
export interface CoreSdk {
  readonly CompositePropagator: new (options: {
    propagators: TextMapPropagator[];
  }) => TextMapPropagator;
  readonly W3CTraceContextPropagator: new () => TextMapPropagator;
  readonly W3CBaggagePropagator: new () => TextMapPropagator;
}

/** `@opentelemetry/resources`. */
export interface ResourcesSdk {
  readonly resourceFromAttributes: (attributes: Attributes) => object;
}
