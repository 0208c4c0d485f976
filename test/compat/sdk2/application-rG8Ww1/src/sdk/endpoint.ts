/** The three signals, as they are written in a path and, in capitals, in environment variables. */
export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/** How OTLP is spoken. */
export const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where one signal goes, given the address of the receiver or of any of its signals:
 * `http://host:4318`, `http://host:4318/` and `http://host:4318/v1/traces` all have their metrics at
 * `http://host:4318/v1/metrics`. Over gRPC there is no path per signal.
 */
export function signalEndpoint(endpoint: string, signal: Signal, protocol: string): string {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/+$/, "").replace(SIGNAL_PATH, "");
  url.pathname = protocol === "grpc" ? base : `${base}/v1/${signal}`;
  return url.href;
}

/** Whether the address is that of one signal, such as `http://host:4318/v1/traces`. */
export function isSignalEndpoint(endpoint: string): boolean {
  return URL.canParse(endpoint) && SIGNAL_PATH.test(new URL(endpoint).pathname.replace(/\/+$/, ""));
}

/** The protocol that the environment gives a signal. */
export function protocolFrom(env: Environment, signal: Signal): string {
  const protocol = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`]?.trim();
  return protocol || env["OTEL_EXPORTER_OTLP_PROTOCOL"]?.trim() || "http/protobuf";
}

/**
 * What is wrong with the port, if anything: 4317 is the usual port of OTLP over gRPC and 4318 that of OTLP over HTTP,
 * and a receiver that is spoken to in the wrong one answers with nothing that would tell.
 */
export function portMismatch(env: Environment): string | undefined {
  for (const signal of SIGNALS) {
    if (!exportsOtlp(env, signal)) continue;
    const protocol = protocolFrom(env, signal);
    const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]?.trim();
    const endpoint = own || env["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim();
    const port = endpoint === undefined ? undefined : PORT.exec(endpoint)?.[1];
    if (port === "4317" && protocol !== "grpc")
      return mismatch(port, "gRPC", protocol, "4318", "grpc");
    if (port === "4318" && protocol === "grpc")
      return mismatch(port, "HTTP", protocol, "4317", "http/protobuf");
  }
  return undefined;
}

// --- internal ---

const SIGNAL_PATH = /\/v1\/(?:traces|metrics|logs)$/;
const PORT = /:(4317|4318)(?:[/?#]|$)/;

function exportsOtlp(env: Environment, signal: Signal): boolean {
  const exporters = env[`OTEL_${signal.toUpperCase()}_EXPORTER`]?.trim();
  return (
    exporters === undefined ||
    exporters === "" ||
    exporters.split(",").some((name) => name.trim() === "otlp")
  );
}

/** The address itself is left out: it may hold a key. */
function mismatch(
  port: string,
  speaks: string,
  protocol: string,
  better: string,
  other: string,
): string {
  return (
    `langchain-otel: port ${port} of the endpoint is the usual one of OTLP over ${speaks}, but the protocol is ` +
    `${protocol}. If nothing arrives, use port ${better} or the protocol ${other} (OTEL_EXPORTER_OTLP_PROTOCOL=${other})`
  );
}
