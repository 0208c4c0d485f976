/** The environment variables that matter here. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether telemetry is switched off for the process: `OTEL_SDK_DISABLED=true`, or `OTEL_EXPORTER_OTLP_ENDPOINT` set and
 * empty, unless the call names an endpoint of its own.
 *
 * This file, and whatever `register` needs to read it, imports nothing: a process that is off must load nothing.
 */
export function isOff(env: Environment, endpoint?: string): boolean {
  if (isTrue(env["OTEL_SDK_DISABLED"])) return true;
  return endpoint === undefined && env["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim() === "";
}

/** As {@link isOff}, and `LANGCHAIN_OTEL_DISABLED=true`. */
export function isRegisterOff(env: Environment): boolean {
  return isOff(env) || isTrue(env["LANGCHAIN_OTEL_DISABLED"]);
}

// --- internal ---

/** The specification of `OTEL_SDK_DISABLED`: only "true", in any case, is true. */
function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === "true";
}
