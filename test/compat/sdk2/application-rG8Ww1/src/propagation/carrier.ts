import { type Context, context as otelContext, diag, propagation } from "@opentelemetry/api";

import { fields } from "../langchain/read.ts";
import { badOption } from "../options.ts";
import { beforeSpan } from "../telemetry/before-span.ts";
import { Guard } from "../telemetry/guard.ts";
import { readHeaders, readNats, type Setter, writeHeaders, writeNats } from "./headers.ts";

/**
 * Where the trace context stands in a message.
 * - `http`: headers, as a plain object, a `Headers` or a `Map`. Names are read in any case.
 * - `jsonrpc`: a JSON-RPC message, in `params._meta` and, for older receivers, in `params._meta.headers`.
 * - `nats`: the headers of NATS (`headers()` of `@nats-io/*`), whose names are case-sensitive.
 */
export type CarrierFormat = "http" | "jsonrpc" | "nats";

export interface CarrierOptions {
  readonly format: CarrierFormat;
}

export interface InjectOptions extends CarrierOptions {
  /** Whose trace goes along. @default the active context */
  readonly context?: Context | undefined;
}

/**
 * Writes the trace context into a message that is about to be sent, with the propagators that the SDK was given
 * (`traceparent`, `tracestate`, `baggage`). Without a span or without an SDK it writes nothing.
 *
 * `jsonrpc` gives the message new `params` and leaves the old object as it was. What cannot be written to (a frozen
 * message, positional params) stays as it is, and is reported once through `diag`.
 *
 * @example
 * const headers = natsHeaders();
 * inject(headers, { format: "nats" });
 * await connection.request("planner", payload, { headers });
 *
 * @throws TypeError for a format that there is not
 */
export function inject(carrier: unknown, { format, context }: InjectOptions): void {
  const { write } = formatOf(format);
  guard.run(`writing the trace context (${format})`, () => {
    beforeSpan();
    const values: Record<string, string> = {};
    propagation.inject(context ?? otelContext.active(), values);
    const entries = Object.entries(values);
    if (entries.length > 0) write(carrier, entries);
  });
}

/**
 * The context that a message brings, based on the active one; the active one itself when it brings none, or nothing
 * that can be read.
 *
 * @example
 * const parent = extract(message.headers, { format: "nats" });
 * await context.with(parent, () => withRootSpan("planner", () => handle(message)));
 *
 * @throws TypeError for a format that there is not
 */
export function extract(carrier: unknown, { format }: CarrierOptions): Context {
  const { read } = formatOf(format);
  // What comes in first may be what starts the SDK, and without one there is no propagator to read it.
  guard.run("starting the SDK", beforeSpan);
  const active = otelContext.active();
  return guard.run(`reading the trace context (${format})`, () => read(carrier, active)) ?? active;
}

// --- internal ---

const guard = new Guard();

interface Format {
  readonly write: Setter;
  readonly read: (carrier: unknown, base: Context) => Context;
}

const FORMATS: Readonly<Record<CarrierFormat, Format>> = {
  http: { write: writeHeaders, read: readHeaders },
  nats: { write: writeNats, read: readNats },
  jsonrpc: { write: writeJsonRpc, read: readJsonRpc },
};

function formatOf(format: CarrierFormat): Format {
  if (typeof format === "string" && Object.hasOwn(FORMATS, format)) return FORMATS[format];
  throw badOption("format", '"http", "jsonrpc" or "nats"', format);
}

function writeJsonRpc(carrier: unknown, entries: readonly (readonly [string, string])[]): void {
  const { params = {} } = fields(carrier);
  const { _meta: meta = {} } = fields(params);
  const { headers = {} } = fields(meta);
  if (![carrier, params, meta, headers].every(isRecord)) {
    diag.debug("langchain-otel: a JSON-RPC message without named params carries no trace context");
    return;
  }
  const values = Object.fromEntries(entries);
  (carrier as Record<string, unknown>)["params"] = {
    ...fields(params),
    _meta: { ...fields(meta), ...values, headers: { ...fields(headers), ...values } },
  };
}

/** What stands in `_meta` itself wins; it is what the protocol says. */
function readJsonRpc(carrier: unknown, base: Context): Context {
  const meta = fields(fields(fields(carrier)["params"])["_meta"]);
  const place = "reading the trace context (jsonrpc headers)";
  return readHeaders(meta, guard.run(place, () => readHeaders(meta["headers"], base)) ?? base);
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
