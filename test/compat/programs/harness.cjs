// What the programs share: an SDK that keeps its data in memory, and the report on it. It is given OpenTelemetry's
// packages, because ES modules must get other instances of them than CommonJS.

/** Starts the SDK as an application does, and registers instrumentations by OpenTelemetry's own function. */
exports.startSdk = function startSdk(
  packages,
  instrumentations,
  { global = true, http = true } = {},
) {
  const { api, trace, metrics, hooks, undici, instrumentation } = packages;
  const spans = new trace.InMemorySpanExporter();
  const points = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.DELTA);
  const tracerProvider = new trace.TracerProvider({
    spanProcessors: [new trace.SimpleSpanProcessor({ exporter: spans })],
  });
  const reader = new metrics.PeriodicExportingMetricReader({
    exporter: points,
    exportIntervalMillis: 3_600_000,
  });
  const meterProvider = new metrics.MeterProvider({ readers: [reader] });

  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  if (global) {
    api.trace.setGlobalTracerProvider(tracerProvider);
    api.metrics.setGlobalMeterProvider(meterProvider);
  }
  instrumentation.registerInstrumentations({
    ...(global ? {} : { tracerProvider, meterProvider }),
    instrumentations: [...instrumentations, ...(http ? [new undici.UndiciInstrumentation()] : [])],
  });
  // A file that is preloaded has no other way to tell the application.
  return (globalThis.telemetry = new Telemetry({ spans, points, reader, tracerProvider }));
};

class Telemetry {
  #sdk;

  constructor(sdk) {
    this.#sdk = sdk;
  }

  /** Runs something as the application's own operation. */
  inSpan(name, fn) {
    const tracer = this.#sdk.tracerProvider.getTracer("application");
    return tracer.startActiveSpan(name, async (span) => {
      try {
        return await fn();
      } finally {
        span.end();
      }
    });
  }

  /** The spans that have ended since the last report. */
  spans() {
    return this.#sdk.spans.getFinishedSpans();
  }

  /** What has been recorded since the last report. */
  async report() {
    const { spans, points, reader, tracerProvider } = this.#sdk;
    await tracerProvider.forceFlush();
    await reader.forceFlush();
    const report = {
      spans: spanTree(spans.getFinishedSpans()),
      metrics: metricTable(points.getMetrics()),
    };
    spans.reset();
    points.reset();
    return report;
  }
}

/** A model of the kind that almost everybody uses, which asks the test's own server. */
exports.newModel = function newModel({ ChatOpenAI }, fields = {}) {
  return new ChatOpenAI({
    model: "gpt-5.4-mini",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: process.env.OPENAI_URL },
    ...fields,
  });
};

/** One call that is awaited and one that is streamed, each in a span of the application's. */
exports.callModel = async function callModel(telemetry, model, config = {}) {
  await telemetry.inSpan("invoke", () => model.invoke("Hi", config));
  await telemetry.inSpan("stream", () => drain(model.stream("Hi", config)));
  return telemetry.report();
};

exports.drain = drain;

async function drain(stream) {
  const chunks = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

/** The last thing that a program does. */
exports.print = function print(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
};

const KINDS = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const TOKENS = [
  "input_tokens",
  "output_tokens",
  "cache_read.input_tokens",
  "cache_creation.input_tokens",
];

/** Spans under their parents, by name: those that start together have no order. */
function spanTree(spans) {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const sorted = spans.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const below = (parentId) =>
    sorted
      .filter(({ parentSpanContext: parent }) =>
        parentId === undefined ? !ids.has(parent?.spanId) : parent?.spanId === parentId,
      )
      .map((span) => ({ ...plain(span), children: below(span.spanContext().spanId) }));
  return below();
}

function plain({ name, kind, attributes }) {
  const usage = TOKENS.map((token) => attributes[`gen_ai.usage.${token}`]);
  const model = `${attributes["gen_ai.provider.name"]} ${attributes["gen_ai.response.model"]}`;
  return {
    span: `${KINDS[kind]} ${name}`,
    ...(name.startsWith("gen_ai") ? { model, tokens: usage.map((count) => count ?? null) } : {}),
  };
}

/** By name, how often something was recorded; of token usage also how much, by type. */
function metricTable(collected) {
  const table = {};
  for (const { descriptor, dataPoints } of collected.flatMap(allMetrics)) {
    for (const { attributes, value } of dataPoints) {
      const type = attributes["gen_ai.token.type"];
      const row = type === undefined ? descriptor.name : `${descriptor.name} ${type}`;
      const [count, sum] = table[row] ?? [0, 0];
      const times = value.count ?? value;
      table[row] = [count + times, sum + (type === undefined ? 0 : value.sum)];
    }
  }
  const rows = Object.entries(table).map(([row, [count, sum]]) => [
    row,
    sum === 0 ? count : [count, sum],
  ]);
  return Object.fromEntries(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those of HTTP and of the SDK itself are not looked at. */
function allMetrics({ scopeMetrics }) {
  return scopeMetrics
    .filter(({ scope }) => scope.name === "langchain-otel")
    .flatMap(({ metrics }) => metrics);
}
