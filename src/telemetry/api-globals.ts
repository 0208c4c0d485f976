import { type DiagLogger, trace } from "@opentelemetry/api";

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

/**
 * Tells that, where a user sees it: through the application's logger, if it has given one to its own copy of the API,
 * else on the console. Once per process, also where this package is installed twice.
 *
 * @returns whether it is so
 */
export function reportUnreachableProvider(): boolean {
  const problem = unreachableProvider();
  if (problem === undefined) return false;
  const holder = globalThis as { [REPORTED]?: boolean };
  if (holder[REPORTED] === true) return true;
  holder[REPORTED] = true;
  const logger = record()?.diag as Partial<DiagLogger> | undefined;
  // As an error: nothing of what is asked for works, and a logger may leave out warnings.
  if (typeof logger?.error === "function") logger.error(problem);
  else console.warn(problem);
  return true;
}

// --- internal ---

const REPORTED: symbol = Symbol.for("langchain-otel.unreachable-provider/1");

/** All copies of the API with major version 1 meet in this record; that is its contract, not an accident. */
const RECORD: symbol = Symbol.for("opentelemetry.js.api.1");

type ApiRecord = { readonly [kind in ApiKind]?: unknown } & { readonly version: string };

function record(): ApiRecord | undefined {
  return (globalThis as { [RECORD]?: ApiRecord })[RECORD];
}
