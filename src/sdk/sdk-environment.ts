import { cleanResourceAttributes } from "./clean-start.ts";
import { isSignalEndpoint, protocolFrom, SIGNALS, signalEndpoint } from "./endpoint.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A call's options as the `OTEL_*` variables that say the same. The SDK reads all it is not told from the environment,
 * in its own way for each protocol and version; telling it in its own words keeps what the call leaves open (batch sizes,
 * intervals, certificates, which exporters, …) exactly as it would be without us.
 *
 * @returns the variables that differ from `env`; `undefined` for one to be absent
 */
export function sdkEnvironment(options: TelemetryOptions, env: Environment): Environment {
  return {
    ...protocols(options),
    ...endpoints(options, env),
    ...headers(options),
    ...sampler(options),
    ...resourceAttributes(options, env),
    // Older SDKs export metrics only when they are told to.
    ...(env["OTEL_METRICS_EXPORTER"]?.trim() ? {} : { OTEL_METRICS_EXPORTER: "otlp" }),
  };
}

/**
 * Runs `start` with these variables in force and puts the old ones back. The SDK reads them when it is constructed and
 * started, both synchronously, so that no other code can see them.
 */
export function withEnvironment<T>(changes: Environment, start: () => T): T {
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(changes)) set(name, value);
  try {
    return start();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

// --- internal ---

const ENVIRONMENT_ATTRIBUTE = "deployment.environment.name";

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function protocols({ protocol }: TelemetryOptions): Environment {
  return protocol === undefined ? {} : perSignal("PROTOCOL", () => protocol);
}

/** The general variable with a signal's path would have the path doubled by the SDK; it is read as the option is. */
function endpoints({ endpoint, protocol }: TelemetryOptions, env: Environment): Environment {
  const general = env["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim();
  const given =
    endpoint ?? (general !== undefined && isSignalEndpoint(general) ? general : undefined);
  if (given === undefined) return {};
  return perSignal("ENDPOINT", (signal) => {
    const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`];
    if (endpoint === undefined && own?.trim()) return own;
    return signalEndpoint(given, signal, protocol ?? protocolFrom(env, signal));
  });
}

/** Headers of the call replace those of the environment: a key for one receiver must not go to another. */
function headers({ headers: given }: TelemetryOptions): Environment {
  if (given === undefined) return {};
  const pairs = Object.entries(given).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return { OTEL_EXPORTER_OTLP_HEADERS: undefined, ...perSignal("HEADERS", () => pairs.join(",")) };
}

function sampler({ sampleRate }: TelemetryOptions): Environment {
  if (sampleRate === undefined) return {};
  return {
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: String(sampleRate),
  };
}

/** The call's environment is put into the resource; the variable, which the SDK lets win, must not name another. */
function resourceAttributes({ environment }: TelemetryOptions, env: Environment): Environment {
  const given = env["OTEL_RESOURCE_ATTRIBUTES"];
  if (given === undefined) return {};
  const others = given
    .split(",")
    .filter(
      (pair) => environment === undefined || pair.split("=")[0]?.trim() !== ENVIRONMENT_ATTRIBUTE,
    );
  const attributes = cleanResourceAttributes(others.join(","));
  return attributes === given ? {} : { OTEL_RESOURCE_ATTRIBUTES: attributes };
}

function perSignal(what: string, value: (signal: (typeof SIGNALS)[number]) => string): Environment {
  return Object.fromEntries(
    SIGNALS.map((signal) => [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`, value(signal)]),
  );
}
