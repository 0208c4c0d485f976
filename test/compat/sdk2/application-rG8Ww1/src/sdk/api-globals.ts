import { trace } from "@opentelemetry/api";

/** What an application can register with the OpenTelemetry API. */
export type ApiKind = "trace" | "metrics" | "context" | "propagation" | "logs" | "diag";

/**
 * Whether something real is registered. The API itself cannot be asked: it answers with no-op objects when nothing is,
 * and those cannot be told from real ones by class, since several copies of the API may be installed.
 */
export function isRegistered(kind: ApiKind): boolean {
  return record()?.[kind] !== undefined;
}

/**
 * What to do when our own copy of the API is too new to see the tracer provider that is registered. The API says
 * nothing in that case, and neither can `diag`, which it does not reach either: all our spans would be lost in silence.
 */
export function unreachableProvider(): string | undefined {
  const globals = record();
  if (globals?.trace === undefined || globals.trace === trace.getTracerProvider()) return undefined;
  return (
    `langchain-otel has no spans: the application's OpenTelemetry SDK uses @opentelemetry/api ${globals.version}, and ` +
    `langchain-otel a newer one, which does not see it. Run: npm i @opentelemetry/api@${globals.version}`
  );
}

// --- internal ---

/** All copies of the API with major version 1 meet in this record; that is its contract, not an accident. */
const RECORD: symbol = Symbol.for("opentelemetry.js.api.1");

type ApiRecord = { readonly [kind in ApiKind]?: unknown } & { readonly version: string };

function record(): ApiRecord | undefined {
  return (globalThis as { [RECORD]?: ApiRecord })[RECORD];
}
