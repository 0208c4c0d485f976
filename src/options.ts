import type { Attributes, MeterProvider, TracerProvider } from "@opentelemetry/api";

import { badOption, shown } from "./bad-option.ts";
import type { CallLedger } from "./budget/call-ledger.ts";
import {
  CAPTURE_WORDS,
  type CaptureContent,
  type CaptureMode,
  captureWord,
} from "./content/capture.ts";
import type { RedactOption } from "./content/redaction/redact-option.ts";
import type { Upload } from "./content/upload.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { DIALECT_NAMES, type DialectName } from "./dialects/dialects.ts";
import { type AssociationKey, associationKeys } from "./options/association-keys.ts";
import { type Environment, environment, flag, fromEnvironment } from "./options/environment.ts";
import type { HandlerOptions, LoggerSource } from "./options/handler-options.ts";
import { switched } from "./options/rule.ts";
import { RULES } from "./options/rules.ts";
import type { EnergyOption } from "./pricing/energy.ts";
import type { PriceTable } from "./pricing/price-table.ts";
import { type CardinalityCaps, DIMENSIONS } from "./semconv/dimensions.ts";
import type { SemconvVersion } from "./semconv/gen-ai.ts";

export { badOption } from "./bad-option.ts";
export { type Environment, environment } from "./options/environment.ts";
export type { HandlerOptions, LoggerSource } from "./options/handler-options.ts";

/** The options in force. */
export interface ResolvedOptions {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly loggerProvider: LoggerSource | undefined;
  readonly semconv: SemconvVersion;
  readonly spanNames: "gen_ai" | "semconv";
  readonly dialects: readonly (DialectName | Dialect)[];
  readonly captureContent: CaptureContent;
  readonly captureBlobs: boolean;
  readonly redact: RedactOption | undefined;
  readonly maxContentLength: number;
  readonly upload: Upload | string | URL | undefined;
  readonly cardinality: CardinalityCaps;
  readonly cost: boolean | PriceTable | string | URL | CallLedger;
  readonly energy: EnergyOption | undefined;
  readonly chains: "none" | "roots" | "all";
  readonly metricPrefix: string;
  readonly maxRuns: number;
  readonly runTtlMs: number;
  readonly otherInstrumentation: "skip" | "both";
  readonly agentName: string | undefined;
  readonly conversationId: string | undefined;
  readonly attributes: Attributes;
  readonly association: readonly AssociationKey[];
  readonly tracing: boolean;
  readonly metrics: boolean;
  readonly enabled: boolean;
}

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
    loggerProvider: options.loggerProvider,
    semconv,
    spanNames: options.spanNames ?? (semconv === "next" ? "semconv" : "gen_ai"),
    dialects: options.dialects ?? dialectsFrom(env) ?? [],
    captureContent: options.captureContent ?? captureFrom(env) ?? "none",
    captureBlobs: options.captureBlobs ?? false,
    redact: options.redact,
    maxContentLength: options.maxContentLength ?? lengthFrom(env) ?? 50_000,
    upload: options.upload,
    cardinality: { ...DIMENSIONS, ...options.cardinality },
    cost: options.cost ?? costFrom(env) ?? true,
    energy: options.energy,
    chains: options.chains ?? chainsFrom(env) ?? "roots",
    metricPrefix: options.metricPrefix ?? prefixFrom(env) ?? "langchain",
    maxRuns: options.maxRuns ?? 100_000,
    runTtlMs: options.runTtlMs ?? 3_600_000,
    otherInstrumentation: options.otherInstrumentation ?? "skip",
    agentName: options.agentName,
    conversationId: options.conversationId,
    attributes: { ...options.attributes },
    association: associationKeys(options.association ?? associationFrom(env) ?? ASSOCIATED),
    tracing: options.tracing ?? !disabled,
    metrics: options.metrics ?? !disabled,
    enabled: options.enabled ?? !disabled,
  };
}

// --- internal ---

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

function semconvFrom(env: Environment): SemconvVersion {
  const optIn = env["OTEL_SEMCONV_STABILITY_OPT_IN"]?.split(",").map((item) => item.trim());
  return optIn?.includes("gen_ai_latest_experimental") === true ? "next" : "1.41";
}

function dialectsFrom(env: Environment): ResolvedOptions["dialects"] | undefined {
  const names = fromEnvironment(env, "LANGCHAIN_OTEL_DIALECTS", DIALECT_LIST, (said) =>
    said.split(",").map((name) => name.trim()),
  );
  return names as ResolvedOptions["dialects"] | undefined;
}

const DIALECT_LIST = {
  expected: `a list of ${DIALECT_NAMES.join(", ")}`,
  holds: RULES.dialects.holds,
};

function lengthFrom(env: Environment): number | undefined {
  const [name, rule] = ["LANGCHAIN_OTEL_MAX_CONTENT_LENGTH", RULES.maxContentLength] as const;
  return fromEnvironment(env, name, rule, Number) as number | undefined;
}

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false };

function costFrom(env: Environment): boolean | undefined {
  const cost = fromEnvironment(
    env,
    "LANGCHAIN_OTEL_COST",
    switched,
    (said) => TRUTHS[said.trim().toLowerCase()],
  );
  return cost as boolean | undefined;
}

function chainsFrom(env: Environment): ResolvedOptions["chains"] | undefined {
  const chains = fromEnvironment(env, "LANGCHAIN_OTEL_CHAINS", RULES.chains);
  return chains as ResolvedOptions["chains"] | undefined;
}

const ASSOCIATED = ["user", "session", "tenant", "tags", "prompt_name", "prompt_version"] as const;

function associationFrom(env: Environment): readonly string[] | undefined {
  const [name, rule] = ["LANGCHAIN_OTEL_ASSOCIATION", RULES.association] as const;
  return fromEnvironment(env, name, rule, listOf) as readonly string[] | undefined;
}

function listOf(said: string): string[] {
  return said.split(",").map((item) => item.trim());
}

function prefixFrom(env: Environment): string | undefined {
  const prefix = fromEnvironment(env, "LANGCHAIN_OTEL_METRIC_PREFIX", RULES.metricPrefix);
  return prefix as string | undefined;
}

function captureFrom(env: Environment): CaptureMode | undefined {
  const name = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
  const rule = { expected: CAPTURE_WORDS, holds: (value: unknown) => value !== undefined };
  return fromEnvironment(env, name, rule, captureWord) as CaptureMode | undefined;
}
