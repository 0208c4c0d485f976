import { cleanText, cleanValue } from "../telemetry/clean-attributes.ts";

/**
 * `OTEL_RESOURCE_ATTRIBUTES` without what looks like a credential: it is sent with every span, metric and log record.
 */
export function cleanResourceAttributes(variable: string): string {
  return variable.split(",").map(cleanPair).join(",");
}

/**
 * Runs `start` with the arguments of the command cleaned of credentials, and puts them back. The SDK makes the resource's
 * `process.command_args` of them, synchronously, so that no other code can see it.
 */
export function withCleanArguments<T>(start: () => T): T {
  const { argv, execArgv } = process;
  process.argv = cleanArguments(argv);
  process.execArgv = cleanArguments(execArgv);
  try {
    return start();
  } finally {
    process.argv = argv;
    process.execArgv = execArgv;
  }
}

// --- internal ---

/** The values are percent-encoded. One that is not is the SDK's to refuse. */
function cleanPair(pair: string): string {
  const at = pair.indexOf("=");
  if (at === -1) return pair;
  const name = pair.slice(0, at);
  try {
    const value = decodeURIComponent(pair.slice(at + 1));
    const clean = cleanValue(value, name.trim());
    return clean === value ? pair : `${name}=${encodeURIComponent(String(clean))}`;
  } catch {
    return cleanText(pair);
  }
}

function cleanArguments(args: readonly string[]): string[] {
  return cleanValue(args, "arguments") as string[];
}
