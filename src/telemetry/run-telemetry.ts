import type { Attributes } from "@opentelemetry/api";

import { type CallLedger, isCallLedger } from "../budget/call-ledger.ts";
import { ContentPolicy, LONGEST_UPLOAD } from "../content/content-policy.ts";
import { ContentRedactor } from "../content/redaction.ts";
import { uploader } from "../content/uploader.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { dialectsOf } from "../dialects/dialects.ts";
import { genAiDialect } from "../dialects/gen-ai.ts";
import { environment, type ResolvedOptions } from "../options.ts";
import type { AssociationKey } from "../options/association-keys.ts";
import { EnergyEstimate } from "../pricing/energy.ts";
import { Pricing } from "../pricing/pricing.ts";
import { genAiNames } from "../semconv/gen-ai.ts";
import type { ContentTelemetry } from "./content-writer.ts";
import type { Guard } from "./guard.ts";
import { guardedDialect } from "./guarded-dialect.ts";
import { limitedMeters } from "./limited-meter.ts";
import type { LogSource } from "./log-source.ts";
import { measuredLedger } from "./measured-ledger.ts";
import type { ProviderSource } from "./provider-source.ts";
import { RunMetrics } from "./run-metrics.ts";

/** How runs are written. */
export interface RunTelemetry {
  readonly source: ProviderSource;
  readonly metrics: RunMetrics | undefined;
  /** The first is the conventions' own. */
  readonly dialects: readonly Dialect[];
  /** Absent where nothing is ever said. */
  readonly content?: ContentTelemetry | undefined;
  /** Where exceptions go as log records, which only the next version of the conventions asks for. */
  readonly exceptionLogs?: LogSource | undefined;
  /** Absent where nothing is priced. */
  readonly pricing?: Pick<Pricing, "costOf"> | undefined;
  /** Absent where nothing is estimated. */
  readonly energy?: EnergyEstimate | undefined;
  /** Who keeps what calls cost, where somebody does. */
  readonly ledger?: CallLedger | undefined;
  readonly tracing: boolean;
  readonly spanNames: "gen_ai" | "semconv";
  readonly staticAttributes: Attributes;
  /** What baggage may say of a run. */
  readonly association: readonly AssociationKey[];
  readonly guard: Guard;
}

/** What the options ask for. */
export function runTelemetry(
  options: ResolvedOptions,
  source: ProviderSource,
  logs: LogSource,
  guard: Guard,
): RunTelemetry {
  const { semconv, metricPrefix, cardinality, tracing, spanNames, attributes } = options;
  const meters = limitedMeters(() => source.meter(), cardinality, metricPrefix);
  const more = dialectsOf(options.dialects).map((dialect) => guardedDialect(dialect, guard));
  const dialects = [genAiDialect(genAiNames(semconv)), ...more];
  const metrics = options.metrics
    ? new RunMetrics(meters, semconv, metricPrefix, dialects)
    : undefined;
  const ledger = ledgerOf(options, source);
  return {
    source,
    metrics,
    dialects,
    content: {
      policy: contentPolicy(options, dialects),
      logs,
      redacted: (counts, context) =>
        guard.run("counting redactions", () => metrics?.redacted(counts, context)),
    },
    pricing: ledger?.pricing ?? pricingOf(options),
    ledger,
    energy: options.energy && new EnergyEstimate(options.energy),
    exceptionLogs: semconv === "next" ? logs : undefined,
    tracing,
    spanNames,
    staticAttributes: attributes,
    association: options.association,
    guard,
  };
}

// --- internal ---

/** Budgets are kept with all signals off, too; they are only not measured then. */
function ledgerOf(
  { cost, metrics, metricPrefix }: ResolvedOptions,
  source: ProviderSource,
): CallLedger | undefined {
  if (!isCallLedger(cost)) return undefined;
  return metrics ? measuredLedger(cost, () => source.meter(), metricPrefix) : cost;
}

/** Loads the published prices now, so that no call waits for them. */
function pricingOf({ cost, tracing, metrics, enabled }: ResolvedOptions): Pricing | undefined {
  if (cost === false || isCallLedger(cost) || !enabled || !(tracing || metrics)) return undefined;
  return new Pricing(cost === true ? undefined : cost, environment());
}

function contentPolicy(
  { redact, maxContentLength: maxLength, captureBlobs: blobs, upload }: ResolvedOptions,
  dialects: readonly Dialect[],
): ContentPolicy {
  const longest = upload === undefined ? maxLength : LONGEST_UPLOAD;
  return new ContentPolicy({
    redaction: new ContentRedactor(redact, { maxLength: longest, blobs }),
    maxLength,
    blobs,
    values: dialects.some(({ values }) => values === true),
    upload: upload === undefined ? undefined : uploader(upload),
  });
}
