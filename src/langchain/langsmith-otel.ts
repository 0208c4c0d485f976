import { diag } from "@opentelemetry/api";

import { type Environment, environment } from "../options/environment.ts";

/** Says once that LangSmith, too, makes OpenTelemetry spans of what LangChain does: by its own variables. */
export function warnOfLangSmith(env: Environment = environment()): void {
  if (warned || !isOn(env, "TRACING", "TRACING_V2") || !makesSpans(env)) return;
  warned = true;
  diag.warn(
    "langchain-otel: LangSmith's OpenTelemetry mode is on (OTEL_ENABLED, LANGSMITH_OTEL_ENABLED or LANGSMITH_TRACING_MODE): each run has a span of LangSmith's and one of ours. Switch one of them off",
  );
}

// --- internal ---

let warned = false;

/** As LangSmith reads them, by either of its prefixes. */
function langSmith(env: Environment, name: string): string | undefined {
  return env[`LANGSMITH_${name}`] ?? env[`LANGCHAIN_${name}`];
}

function isOn(env: Environment, ...names: readonly string[]): boolean {
  return names.some((name) => langSmith(env, name) === "true");
}

/** The newer variable beats the older two. */
function makesSpans(env: Environment): boolean {
  const mode = langSmith(env, "TRACING_MODE");
  if (mode !== undefined && mode !== "") return mode.toLowerCase() === "otel";
  return env["OTEL_ENABLED"] === "true" || isOn(env, "OTEL_ENABLED");
}
