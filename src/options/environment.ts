import { diag } from "@opentelemetry/api";

import { shown } from "../bad-option.ts";
import type { Rule } from "./rule.ts";

/** Environment variables; absent outside Node. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment, or nothing where there is no process. */
export function environment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env ?? {};
}

/**
 * What a variable says, where it says something that the option could. Anything else is reported once by `diag.warn`
 * and ignored: nobody's process should stop over it.
 */
export function fromEnvironment(
  env: Environment,
  name: string,
  rule: Rule,
  read: (text: string) => unknown = (text) => text,
): unknown {
  const said = env[name];
  if (said === undefined || said === "") return undefined;
  const value = read(said);
  if (rule.holds(value)) return value;
  warnOnce(name, rule.expected, said);
  return undefined;
}

/** The specification of `OTEL_SDK_DISABLED`: only "true", in any case, is true. */
export function flag(env: Environment, name: string): boolean {
  const value = env[name]?.trim().toLowerCase();
  if (value === undefined || value === "" || value === "false") return false;
  if (value === "true") return true;
  warnOnce(name, "true or false", value);
  return false;
}

// --- internal ---

const warned = new Set<string>();

function warnOnce(name: string, expected: string, got: string): void {
  const key = `${name}=${got}`;
  if (warned.has(key) || warned.size >= 100) return;
  warned.add(key);
  diag.warn(
    `langchain-otel: expected the environment variable ${name} to be ${expected}, got ${shown(got)}; it is ignored`,
  );
}
