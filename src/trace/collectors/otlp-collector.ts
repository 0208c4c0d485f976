import { context, createContextKey, diag, ROOT_CONTEXT } from "@opentelemetry/api";

import { badOption, environment } from "../../options.ts";
import { Guard } from "../../telemetry/guard.ts";
import type { CapturedTrace } from "../capture/captured-trace.ts";
import { otlpJson } from "./otlp-json.ts";
import type { TraceCollector } from "./trace-collector.ts";

export interface OtlpCollectorOptions {
  /**
   * Where an OTLP/HTTP receiver is: its base, such as `http://localhost:4318`, or the whole address with `/v1/traces`.
   * @default `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, else `OTEL_EXPORTER_OTLP_ENDPOINT`, else http://localhost:4318
   */
  readonly endpoint?: string | URL | undefined;
  /** Sent along, such as a key. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `service.name`. @default `OTEL_SERVICE_NAME`, else `unknown_service:node` */
  readonly serviceName?: string | undefined;
}

/**
 * Sends captured traces to an OTLP receiver, with their own ids, parents and times, and without an SDK. Where there is an
 * SDK it has sent the spans already: this is for applications without one, and for traces from elsewhere.
 *
 * Traces that come while a request is under way go with the next one; at most 1,000 wait, then the oldest go. A request that
 * fails is reported once through `diag`, and its traces are lost.
 */
export class OtlpCollector implements TraceCollector {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #resource: { readonly "service.name": string };
  readonly #guard = new Guard();
  #waiting: CapturedTrace[] = [];
  #sending: Promise<void> | undefined;

  /** @throws TypeError for an endpoint that is no address, for a wrong value */
  constructor({ endpoint, headers = {}, serviceName }: OtlpCollectorOptions = {}) {
    if (typeof headers !== "object" || headers === null)
      throw badOption("headers", "an object of strings", headers);
    if (serviceName !== undefined && (typeof serviceName !== "string" || serviceName === ""))
      throw badOption("serviceName", "a non-empty string", serviceName);
    this.#url = endpoint === undefined ? usualUrl() : tracesUrl(addressOf(endpoint));
    this.#headers = { ...headers, "content-type": "application/json" };
    const name = serviceName ?? (environment()["OTEL_SERVICE_NAME"] || "unknown_service:node");
    this.#resource = { "service.name": name };
  }

  collect(trace: CapturedTrace): void {
    this.#waiting.push(trace);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#guard.report("sending captured traces", new Error("more come than can be sent"));
    }
    this.#sending ??= this.#sendAll();
  }

  /** Settles when all that was collected is sent, or could not be; never rejects. For the end of a process. */
  async forceFlush(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const traces = this.#waiting;
      this.#waiting = [];
      try {
        await this.#send(traces);
      } catch (fault) {
        this.#guard.report("sending captured traces", fault);
      }
    }
    this.#sending = undefined;
  }

  async #send(traces: readonly CapturedTrace[]): Promise<void> {
    const body = JSON.stringify(otlpJson(traces, this.#resource));
    // Its own request is nobody's work.
    const response = await context.with(ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true), () =>
      fetch(this.#url, {
        method: "POST",
        headers: this.#headers,
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
  }
}

// --- internal ---

const MOST_WAITING = 1000;
/** As of OpenTelemetry's own exporters. */
const TIMEOUT_MS = 10_000;
/** By this name @opentelemetry/core knows it, and with it every instrumentation. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** The specification has the address of the signal as it is, and that of all signals as a base. */
function usualUrl(): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: base } =
    environment();
  try {
    if (own) return addressOf(own).href;
    if (base) return tracesUrl(addressOf(base));
  } catch (fault) {
    diag.warn("langchain-otel: the OTLP endpoint of the environment is ignored", fault);
  }
  return "http://localhost:4318/v1/traces";
}

function tracesUrl(url: URL): string {
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = base.endsWith("/v1/traces") ? base : `${base}/v1/traces`;
  return url.href;
}

function addressOf(endpoint: unknown): URL {
  const text = endpoint instanceof URL ? endpoint.href : endpoint;
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw badOption("endpoint", "an http: or https: address", endpoint);
}
