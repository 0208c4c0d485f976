import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { checkReceived } from "./semconv/check-received.ts";
import { found } from "./semconv/findings.ts";

/** One request as it came in. */
export interface OtlpRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A span of an OTLP/JSON request, flattened. */
export interface ReceivedSpan {
  readonly name: string;
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly scope: string;
  /** 0 UNSET, 1 OK, 2 ERROR */
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A metric of an OTLP/JSON request. */
export interface ReceivedMetric {
  readonly name: string;
  readonly scope: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

const PATIENCE = 20_000;

/**
 * An OTLP/HTTP receiver on a free loopback port. It keeps every request and decodes those in JSON: have the application
 * run with `OTEL_EXPORTER_OTLP_PROTOCOL=http/json` to see spans and metrics.
 */
export class OtlpReceiver {
  readonly requests: OtlpRequest[] = [];
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.setHeader("content-type", request.headers["content-type"] ?? "application/json");
        response.end(request.headers["content-type"] === "application/json" ? "{}" : "");
        receiver.#take({
          path: request.url ?? "",
          headers: request.headers,
          body: Buffer.concat(chunks),
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  /** The base address, without a path. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get spans(): ReceivedSpan[] {
    return this.#bodies("/v1/traces").flatMap((body) =>
      (body.resourceSpans ?? []).flatMap(spansOf),
    );
  }

  get metrics(): ReceivedMetric[] {
    return this.#bodies("/v1/metrics").flatMap((body) =>
      (body.resourceMetrics ?? []).flatMap(metricsOf),
    );
  }

  /** Resolves as soon as it holds, at once or after some request to come; else rejects with what did come. */
  async until(holds: (receiver: this) => boolean): Promise<void> {
    if (holds(this)) return;
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (!holds(this)) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const spans = this.spans.map(({ scope, name }) => `${scope}: ${name}`);
        const paths = this.requests.map(({ path }) => path);
        reject(
          new Error(
            `What was waited for did not come; came: ${paths.join(" ")}; spans: ${spans.join(", ")}`,
          ),
        );
      }, PATIENCE);
      this.#waiting.add(check);
    });
  }

  /** What has come of ours is compared with the GenAI conventions. */
  async close(): Promise<void> {
    for (const violation of checkReceived(this.spans)) found(violation);
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(request: OtlpRequest): void {
    this.requests.push(request);
    for (const check of this.#waiting) check();
  }

  #bodies(end: string): OtlpBody[] {
    return this.requests
      .filter(
        ({ path, headers }) => path.endsWith(end) && headers["content-type"] === "application/json",
      )
      .map(({ body }) => JSON.parse(body.toString("utf8")) as OtlpBody);
  }
}

/** Who is whose child, by name: `SERVER GET > CLIENT GET`; a span whose parent is not here is a root. */
export function lineages(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const lineage = (span: ReceivedSpan): string => {
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    const own = `${["", "INTERNAL", "SERVER", "CLIENT"][span.kind]} ${span.name}`;
    return parent === undefined ? own : `${lineage(parent)} > ${own}`;
  };
  return spans.map(lineage).sort();
}

// --- internal ---

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}

type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[];

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code?: number };
  readonly attributes?: OtlpAttributes;
}

interface OtlpResourceSpans {
  readonly resource: { readonly attributes?: OtlpAttributes };
  readonly scopeSpans: readonly {
    readonly scope: { readonly name: string };
    readonly spans: readonly OtlpSpan[];
  }[];
}

interface OtlpResourceMetrics {
  readonly resource: { readonly attributes?: OtlpAttributes };
  readonly scopeMetrics: readonly {
    readonly scope: { readonly name: string };
    readonly metrics: readonly { readonly name: string }[];
  }[];
}

interface OtlpBody {
  readonly resourceSpans?: readonly OtlpResourceSpans[];
  readonly resourceMetrics?: readonly OtlpResourceMetrics[];
}

function spansOf({ resource, scopeSpans }: OtlpResourceSpans): ReceivedSpan[] {
  return scopeSpans.flatMap(({ scope, spans }) =>
    spans.map(({ name, kind, traceId, spanId, parentSpanId, status, attributes }) => ({
      name,
      kind,
      traceId,
      spanId,
      parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
      scope: scope.name,
      status: status?.code ?? 0,
      attributes: record(attributes),
      resource: record(resource.attributes),
    })),
  );
}

function metricsOf({ resource, scopeMetrics }: OtlpResourceMetrics): ReceivedMetric[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.map(({ name }) => ({ name, scope: scope.name, resource: record(resource.attributes) })),
  );
}

function record(attributes: OtlpAttributes = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: OtlpValue): unknown {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  return (
    value.stringValue ??
    value.doubleValue ??
    value.boolValue ??
    (value.intValue === undefined ? undefined : Number(value.intValue))
  );
}
