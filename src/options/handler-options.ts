import type { Attributes, MeterProvider, TracerProvider } from "@opentelemetry/api";

import type { CallLedger } from "../budget/call-ledger.ts";
import type { CaptureContent } from "../content/capture.ts";
import type { RedactOption } from "../content/redaction/redact-option.ts";
import type { Upload } from "../content/upload.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { DialectName } from "../dialects/dialects.ts";
import type { EnergyOption } from "../pricing/energy.ts";
import type { PriceTable } from "../pricing/price-table.ts";
import type { CardinalityCaps } from "../semconv/dimensions.ts";
import type { SemconvVersion } from "../semconv/gen-ai.ts";

/** A provider of loggers, of `@opentelemetry/api` 1.10 or of `@opentelemetry/api-logs`. */
export interface LoggerSource {
  getLogger(name: string, version?: string): object;
}

/** Options of the handler and of the instrumentation. An option beats the environment, which beats the default. */
export interface HandlerOptions {
  /** Where spans go. @default the global provider */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. @default the global provider */
  readonly meterProvider?: MeterProvider | undefined;
  /** Where events go. @default the global provider */
  readonly loggerProvider?: LoggerSource | undefined;
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
   * Vocabularies beside the conventions' own, on the same spans and metrics: `"vystak"`, `"llm"`, `"openinference"`
   * (which Phoenix reads), or one of your own, whose type is in `langchain-otel/dialects`.
   * Environment: `LANGCHAIN_OTEL_DIALECTS=openinference,llm`. @default none
   */
  readonly dialects?: readonly (DialectName | Dialect)[] | undefined;
  /**
   * Whether what was said leaves the process: not at all, as span attributes, as events (log records), or as both. A
   * function is asked for every run. One call decides for itself, and for all below it, by
   * `metadata: { langchain_otel_capture: "span" }`. Environment: `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`
   * as `true` (which is `"span"`), `false`, `NO_CONTENT`, `SPAN_ONLY`, `EVENT_ONLY` or `SPAN_AND_EVENT`.
   * @default "none"
   */
  readonly captureContent?: CaptureContent | undefined;
  /**
   * Whether captured content has images, audio and files themselves, as base64, and not only their type, size and hash.
   * @default false
   */
  readonly captureBlobs?: boolean | undefined;
  /**
   * What is taken out of captured content: names of detectors, rules for paths, rules as LangChain's `piiMiddleware` has
   * them, and functions. `false` takes out nothing but keys and tokens, which never leave.
   * @default e-mail addresses, phone numbers, card numbers, IBANs, IP addresses, keys and tokens
   */
  readonly redact?: RedactOption | undefined;
  /**
   * Characters of one captured value; of longer ones the rest is left out, visibly.
   * Environment: `LANGCHAIN_OTEL_MAX_CONTENT_LENGTH`. @default 50_000
   */
  readonly maxContentLength?: number | undefined;
  /**
   * Where captured content goes that is longer than `maxContentLength`: a function, or a folder as a `file:` URL. The
   * span keeps the reference. @default nowhere, it is cut
   */
  readonly upload?: Upload | string | URL | undefined;
  /**
   * How many values each attribute of a metric may have, by `model`, `provider`, `tool`, `agent` and others; the rest is
   * counted as `__cardinality_overflow__`.
   * @default model 50, provider 10, tool 200, agent 200, error_type 50, others 20 to 100
   */
  readonly cardinality?: Partial<CardinalityCaps> | undefined;
  /**
   * Whether calls are priced: by the published prices (`true`), or first by a table of your own (USD per million
   * tokens), given as such or as a JSON file. A `CostTracker` prices them by its own and keeps what they cost. Environment: `LANGCHAIN_OTEL_COST=false`, `LANGCHAIN_OTEL_PRICES=file.json`.
   * @default true
   */
  readonly cost?: boolean | PriceTable | string | URL | CallLedger | undefined;
  /**
   * Figures to estimate the energy and the carbon of model calls with, by model. An estimate, and marked as one.
   * @default none, nothing is estimated
   */
  readonly energy?: EnergyOption | undefined;
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
  /**
   * Names of metadata, and of OpenTelemetry baggage, that become attributes of the run's span and of all below it.
   * `user`, `session`, `tenant`, `tags`, `prompt_name` and `prompt_version` stand for all of their spellings (`user_id`,
   * `userId`, …). Any other name becomes `langchain.association.{name}`, or, with a dot in it, the attribute of that name.
   * Environment: `LANGCHAIN_OTEL_ASSOCIATION=a,b`. @default those six
   */
  readonly association?: readonly string[] | undefined;
  /** Whether spans are made. Environment: `LANGCHAIN_OTEL_DISABLED`, `OTEL_SDK_DISABLED`. @default true */
  readonly tracing?: boolean | undefined;
  /** Whether metrics are recorded. Environment: as `tracing`. @default true */
  readonly metrics?: boolean | undefined;
  /** `false` switches all off; an instrumentation can still be switched on by `enable()`. @default true */
  readonly enabled?: boolean | undefined;
}
