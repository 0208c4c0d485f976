import { type Attributes, diag, type MeterProvider, type TracerProvider } from "@opentelemetry/api";

import type { SemconvVersion } from "./semconv/gen-ai.ts";

/** Options of the handler and of the instrumentation. An option beats the environment, which beats the default. */
export interface HandlerOptions {
  /** Where spans go. @default the global provider */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. @default the global provider */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Version of the GenAI conventions: the last released one, or the unreleased `"next"`.
   * Environment: `OTEL_SEMCONV_STABILITY_OPT_IN` containing `gen_ai_latest_experimental` means `"next"`.
   * @default "1.41"
   */
  readonly semconv?: SemconvVersion | undefined;
  /**
   * `"gen_ai"` names all model spans `gen_ai.chat`, so that a back end lists every model call by one name;
   * `"semconv"` names them as the conventions do, `chat {model}`.
   * @default "gen_ai" with semconv "1.41", "semconv" with "next"
   */
  readonly spanNames?: "gen_ai" | "semconv" | undefined;
  /**
   * Which chains have a span that are neither agents nor graphs nor nodes: none, those that nothing is above, or all
   * (prompt templates, parsers and lambdas too). Environment: `LANGCHAIN_OTEL_CHAINS`.
   * @default "roots"
   */
  readonly chains?: "none" | "roots" | "all" | undefined;
  /** Prefix of the metrics that are our own. Environment: `LANGCHAIN_OTEL_METRIC_PREFIX`. @default "langchain" */
  readonly metricPrefix?: string | undefined;
  /** How many runs may be open at once; beyond it the oldest is ended as abandoned. @default 100_000 */
  readonly maxRuns?: number | undefined;
  /** Milliseconds after which a run that never ended is ended as abandoned. @default 3_600_000 */
  readonly runTtlMs?: number | undefined;
  /**
   * What to do where another instrumentation, one of the provider's own client such as
   * `@opentelemetry/instrumentation-openai`, reports the same call: `"skip"` leaves the model's span, duration and
   * token counts to it; `"both"` reports the call twice. Only the instrumentation of LangChain can see it, the handler
   * alone cannot. @default "skip"
   */
  readonly otherInstrumentation?: "skip" | "both" | undefined;
  /** `gen_ai.agent.name` of every span. */
  readonly agentName?: string | undefined;
  /** `gen_ai.conversation.id`, where the run's own metadata (`thread_id`, `session_id`, `conversation_id`) has none. */
  readonly conversationId?: string | undefined;
  /** Attributes of every span. */
  readonly attributes?: Attributes | undefined;
  /** Whether spans are made. Environment: `LANGCHAIN_OTEL_DISABLED`, `OTEL_SDK_DISABLED`. @default true */
  readonly tracing?: boolean | undefined;
  /** Whether metrics are recorded. Environment: as `tracing`. @default true */
  readonly metrics?: boolean | undefined;
  /** `false` switches all off; an instrumentation can still be switched on by `enable()`. @default true */
  readonly enabled?: boolean | undefined;
}

/** The options in force. */
export interface ResolvedOptions {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly semconv: SemconvVersion;
  readonly spanNames: "gen_ai" | "semconv";
  readonly chains: "none" | "roots" | "all";
  readonly metricPrefix: string;
  readonly maxRuns: number;
  readonly runTtlMs: number;
  readonly otherInstrumentation: "skip" | "both";
  readonly agentName: string | undefined;
  readonly conversationId: string | undefined;
  readonly attributes: Attributes;
  readonly tracing: boolean;
  readonly metrics: boolean;
  readonly enabled: boolean;
}

/** Environment variables; absent outside Node. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Fills in defaults.
 * @throws TypeError for an option that does not exist or has a wrong value. A wrong environment value is reported once
 * by `diag.warn` and ignored: nobody's process should stop over it.
 */
export function resolveOptions(
  options: HandlerOptions = {},
  env: Environment = environment(),
): ResolvedOptions {
  checkOptions(options);
  const semconv = options.semconv ?? semconvFrom(env);
  const disabled = flag(env, "LANGCHAIN_OTEL_DISABLED") || flag(env, "OTEL_SDK_DISABLED");
  return {
    tracerProvider: options.tracerProvider,
    meterProvider: options.meterProvider,
    semconv,
    spanNames: options.spanNames ?? (semconv === "next" ? "semconv" : "gen_ai"),
    chains: options.chains ?? chainsFrom(env) ?? "roots",
    metricPrefix: options.metricPrefix ?? prefixFrom(env) ?? "langchain",
    maxRuns: options.maxRuns ?? 100_000,
    runTtlMs: options.runTtlMs ?? 3_600_000,
    otherInstrumentation: options.otherInstrumentation ?? "skip",
    agentName: options.agentName,
    conversationId: options.conversationId,
    attributes: { ...options.attributes },
    tracing: options.tracing ?? !disabled,
    metrics: options.metrics ?? !disabled,
    enabled: options.enabled ?? !disabled,
  };
}

/** The process's environment, or nothing where there is no process. */
export function environment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env ?? {};
}

/** Expected the `x` option to be …, got … (type). */
export function badOption(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected the \`${name}\` option to be ${expected}, got ${shown(got)}`);
}

// --- internal ---

interface Rule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const METRIC_PREFIX = /^[A-Za-z][\w.-]{0,62}$/;
const text: Rule = {
  expected: "a non-empty string",
  holds: (value) => typeof value === "string" && value !== "",
};
const switched: Rule = { expected: "true or false", holds: (value) => typeof value === "boolean" };
const wholeAboveZero: Rule = {
  expected: "a whole number above 0",
  holds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};

const RULES: { readonly [name in keyof Required<HandlerOptions>]: Rule } = {
  tracerProvider: { expected: "a TracerProvider", holds: (value) => hasMethod(value, "getTracer") },
  meterProvider: { expected: "a MeterProvider", holds: (value) => hasMethod(value, "getMeter") },
  semconv: oneOf("1.41", "next"),
  spanNames: oneOf("gen_ai", "semconv"),
  chains: oneOf("none", "roots", "all"),
  metricPrefix: {
    expected:
      'a metric name prefix such as "langchain" (a letter, then at most 62 letters, digits, `_`, `-` or `.`)',
    holds: (value) => typeof value === "string" && METRIC_PREFIX.test(value),
  },
  maxRuns: wholeAboveZero,
  runTtlMs: wholeAboveZero,
  otherInstrumentation: oneOf("skip", "both"),
  agentName: text,
  conversationId: text,
  attributes: { expected: "an object of attribute values", holds: isAttributes },
  tracing: switched,
  metrics: switched,
  enabled: switched,
};

function checkOptions(options: HandlerOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Expected the options to be an object, got ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof HandlerOptions] : undefined;
    if (rule === undefined) {
      throw new TypeError(
        `There is no option \`${name}\`. The options are ${Object.keys(RULES).join(", ")}`,
      );
    }
    if (value !== undefined && !rule.holds(value)) throw badOption(name, rule.expected, value);
  }
}

function oneOf(...values: string[]): Rule {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    holds: (value) => typeof value === "string" && values.includes(value),
  };
}

function hasMethod(value: unknown, method: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] === "function"
  );
}

function isAttributes(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) =>
    (Array.isArray(each) ? each : [each]).every((item) =>
      ["string", "number", "boolean"].includes(typeof item),
    ),
  );
}

function shown(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return `${JSON.stringify(value.slice(0, 100))} (string)`;
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object";
  if (typeof value === "function") return "a function";
  return value === undefined ? "undefined" : `${String(value)} (${typeof value})`;
}

function semconvFrom(env: Environment): SemconvVersion {
  const optIn = env["OTEL_SEMCONV_STABILITY_OPT_IN"]?.split(",").map((item) => item.trim());
  return optIn?.includes("gen_ai_latest_experimental") === true ? "next" : "1.41";
}

function chainsFrom(env: Environment): ResolvedOptions["chains"] | undefined {
  const chains = env["LANGCHAIN_OTEL_CHAINS"];
  if (chains === undefined || chains === "") return undefined;
  if (RULES.chains.holds(chains)) return chains as ResolvedOptions["chains"];
  warnOnce("LANGCHAIN_OTEL_CHAINS", RULES.chains.expected, chains);
  return undefined;
}

function prefixFrom(env: Environment): string | undefined {
  const prefix = env["LANGCHAIN_OTEL_METRIC_PREFIX"];
  if (prefix === undefined || prefix === "") return undefined;
  if (METRIC_PREFIX.test(prefix)) return prefix;
  warnOnce("LANGCHAIN_OTEL_METRIC_PREFIX", RULES.metricPrefix.expected, prefix);
  return undefined;
}

/** The specification of `OTEL_SDK_DISABLED`: only "true", in any case, is true. */
function flag(env: Environment, name: string): boolean {
  const value = env[name]?.trim().toLowerCase();
  if (value === undefined || value === "" || value === "false") return false;
  if (value === "true") return true;
  warnOnce(name, "true or false", value);
  return false;
}

const warned = new Set<string>();

function warnOnce(name: string, expected: string, got: string): void {
  const key = `${name}=${got}`;
  if (warned.has(key) || warned.size >= 100) return;
  warned.add(key);
  diag.warn(
    `langchain-otel: expected the environment variable ${name} to be ${expected}, got ${shown(got)}; it is ignored`,
  );
}
