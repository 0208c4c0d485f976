import { badOption, type HandlerOptions, resolveOptions } from "../options.ts";
import { type Protocol, PROTOCOLS } from "./endpoint.ts";

/**
 * Options of `startTelemetry`, and those of the handler. An option beats the standard `OTEL_*` environment variables,
 * which beat the SDK's defaults; whatever is not given is left to the SDK, which reads the variables itself.
 */
export interface TelemetryOptions extends Omit<HandlerOptions, "enabled"> {
  /**
   * `service.name`, what a back end lists this application under.
   * @default `OTEL_SERVICE_NAME`, `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, the `name` of the application's
   * package.json, or the main script's file name
   */
  readonly serviceName?: string | undefined;
  /** `deployment.environment.name`, such as `production`. */
  readonly environment?: string | undefined;
  /**
   * The address of an OTLP receiver, such as `http://localhost:4318`, or of its traces,
   * `http://localhost:4318/v1/traces`: metrics and logs go to the paths beside.
   * @default `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318` (`http://localhost:4317` with grpc)
   */
  readonly endpoint?: string | undefined;
  /** How OTLP is spoken. @default `OTEL_EXPORTER_OTLP_PROTOCOL`, else "http/protobuf" */
  readonly protocol?: Protocol | undefined;
  /** Headers of the requests to the receiver, such as a key. @default `OTEL_EXPORTER_OTLP_HEADERS` */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Share of the traces that are kept, 0 to 1; a trace that came in over HTTP keeps the decision it came with.
   * @default `OTEL_TRACES_SAMPLER`, else 1
   */
  readonly sampleRate?: number | undefined;
  /** `false` starts, loads and patches nothing. @default true */
  readonly enabled?: boolean | undefined;
  /** Prints each trace as a tree, too. @default false */
  readonly console?: boolean | undefined;
}

/** @throws TypeError for an option that does not exist or has a wrong value */
export function checkTelemetryOptions(options: TelemetryOptions): void {
  if (typeof options !== "object" || options === null) resolveOptions(options);
  const forHandler: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(RULES, name)) forHandler[name] = value;
    else if (value !== undefined) check(name as keyof typeof RULES, value);
  }
  for (const name of Object.keys(forHandler)) checkName(name);
  resolveOptions(forHandler);
}

/** The options that are the handler's. */
export function handlerOptions(options: TelemetryOptions): HandlerOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !Object.hasOwn(RULES, name)),
  );
}

// --- internal ---

interface Rule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// A line break in a header's value would be refused by Node at the first export, long after this call.
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]+$/;

const text: Rule = {
  expected: "a non-empty string",
  holds: (value) => typeof value === "string" && value.trim() !== "",
};
const flag: Rule = { expected: "true or false", holds: (value) => typeof value === "boolean" };

const RULES = {
  serviceName: text,
  environment: text,
  endpoint: { expected: "an address such as http://localhost:4318", holds: isAddress },
  protocol: { expected: PROTOCOLS.map((name) => `"${name}"`).join(" or "), holds: isProtocol },
  headers: { expected: "an object of header names and values", holds: isHeaders },
  sampleRate: { expected: "a number from 0 to 1", holds: isShare },
  enabled: flag,
  console: flag,
} as const satisfies Record<string, Rule>;

function check(name: keyof typeof RULES, value: unknown): void {
  const { expected, holds }: Rule = RULES[name];
  if (!holds(value)) throw badOption(name, expected, value);
}

/** The handler knows its options; what it says of others is completed by ours. */
function checkName(name: string): void {
  try {
    resolveOptions({ [name]: undefined });
  } catch (unknown) {
    const message = unknown instanceof Error ? unknown.message : String(unknown);
    throw new TypeError(`${message}, ${Object.keys(RULES).join(", ")}`, { cause: unknown });
  }
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value);
}

function isProtocol(value: unknown): boolean {
  return PROTOCOLS.some((protocol) => protocol === value);
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, header]) =>
      HEADER_NAME.test(name) && typeof header === "string" && HEADER_VALUE.test(header),
  );
}

function isShare(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1;
}
