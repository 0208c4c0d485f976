import { isCallLedger } from "../budget/call-ledger.ts";
import { checkRedact } from "../content/redaction/redact-option.ts";
import { DIALECT_NAMES } from "../dialects/dialects.ts";
import { checkEnergy } from "../pricing/energy.ts";
import { checkPriceTable } from "../pricing/price-table.ts";
import { DIMENSIONS } from "../semconv/dimensions.ts";
import { isKnownAssociation } from "./association-keys.ts";
import type { HandlerOptions } from "./handler-options.ts";
import { having, oneOf, type Rule, switched, text, wholeAboveZero } from "./rule.ts";

const METRIC_PREFIX = /^[A-Za-z][\w.-]{0,62}$/;

/** What each option has to be. */
export const RULES: { readonly [name in keyof Required<HandlerOptions>]: Rule } = {
  tracerProvider: having("getTracer", "a TracerProvider"),
  meterProvider: having("getMeter", "a MeterProvider"),
  loggerProvider: having("getLogger", "a LoggerProvider"),
  semconv: oneOf("1.41", "next"),
  spanNames: oneOf("gen_ai", "semconv"),
  dialects: {
    expected: `a list of ${DIALECT_NAMES.map((name) => `"${name}"`).join(", ")} and dialects of your own`,
    holds: (value) => Array.isArray(value) && value.length <= 20 && value.every(isDialect),
  },
  captureContent: {
    expected: '"none", "span", "event", "both" or a function (run) => mode',
    holds: (value) => isCaptureMode(value) || typeof value === "function",
  },
  captureBlobs: switched,
  redact: { expected: "a redact option", holds: isRedact },
  maxContentLength: wholeAboveZero,
  upload: { expected: "a function or a file: URL of a folder", holds: isUpload },
  cardinality: {
    expected: `an object of whole numbers above 0, by ${Object.keys(DIMENSIONS).join(", ")}`,
    holds: isCaps,
  },
  cost: {
    expected: "true, false, a CostTracker, a price table, or the JSON file that has one",
    holds: isCost,
  },
  energy: { expected: "{ models, gramsPerKwh }", holds: isEnergy },
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
  association: {
    expected:
      "a list of at most 50 names (a letter, then at most 63 letters, digits, `_`, `-` or `.`), none of which is in a namespace of ours or of the conventions",
    holds: isAssociation,
  },
  tracing: switched,
  metrics: switched,
  enabled: switched,
};

// --- internal ---

function isDialect(value: unknown): boolean {
  if (typeof value === "string") return DIALECT_NAMES.includes(value);
  const methods = ["requestAttributes", "endAttributes", "contentAttributes"];
  return methods.every((method) => having(method, "").holds(value));
}

function isCaptureMode(value: unknown): boolean {
  return value === "none" || value === "span" || value === "event" || value === "both";
}

/** Says itself what is wrong, which can be deep inside. */
function isRedact(value: unknown): boolean {
  checkRedact(value);
  return true;
}

function isUpload(value: unknown): boolean {
  if (typeof value === "function") return true;
  const url = typeof value === "string" || value instanceof URL ? String(value) : "";
  return url.startsWith("file:") && URL.canParse(url);
}

function isCaps(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([dimension, cap]) => Object.hasOwn(DIMENSIONS, dimension) && wholeAboveZero.holds(cap),
  );
}

const ASSOCIATION_NAME = /^[A-Za-z][\w.-]{0,63}$/;
/** Metadata can come from anywhere, and shall not say what a call was, cost or failed of. */
const TAKEN =
  /^(?:gen_ai|langchain|langgraph|openai|aws|mcp|llm|error|exception|server|network|service|telemetry|otel)\./;

function isAssociation(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > 50) return false;
  return value.every(
    (name) =>
      typeof name === "string" &&
      (isKnownAssociation(name) || (ASSOCIATION_NAME.test(name) && !TAKEN.test(name))),
  );
}

/** Says itself what is wrong. */
function isEnergy(value: unknown): boolean {
  checkEnergy(value);
  return true;
}

function isCost(value: unknown): boolean {
  if (typeof value === "boolean" || value instanceof URL || isCallLedger(value)) return true;
  if (typeof value === "string") return value !== "";
  // Says itself what is wrong, which can be deep inside.
  if (typeof value === "object" && value !== null) checkPriceTable(value);
  return typeof value === "object" && value !== null;
}

function isAttributes(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) =>
    (Array.isArray(each) ? each : [each]).every((item) =>
      ["string", "number", "boolean"].includes(typeof item),
    ),
  );
}
