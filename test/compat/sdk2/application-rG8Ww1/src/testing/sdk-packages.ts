import { createRequire } from "node:module";
import { join } from "node:path";

import * as api from "@opentelemetry/api";

import type {
  ContextSdk,
  CoreSdk,
  LogsApi,
  LogsSdk,
  MetricsSdk,
  ResourcesSdk,
  TraceSdk,
} from "./sdk-types.ts";

/** The packages of the OpenTelemetry SDK that the user has installed. */
export interface SdkPackages {
  readonly trace: TraceSdk;
  readonly metrics: MetricsSdk;
  readonly context: ContextSdk;
  readonly core: CoreSdk;
  readonly resources: ResourcesSdk;
  /** The API as the SDK sees it, which can be another copy than ours. */
  readonly api: typeof api;
  /** Absent when the package is not installed. */
  readonly logs: LogsSdk | undefined;
  readonly logsApi: LogsApi | undefined;
}

/**
 * Loads the SDK, which is an optional peer: first as our own package sees it, then as the folder of the process does
 * (for a linked copy of our package).
 *
 * @param bases files from where to look, in order.
 * @throws Error that says what to install.
 */
export function loadSdkPackages(
  bases: readonly string[] = [import.meta.url, join(process.cwd(), "_.js")],
): SdkPackages {
  const missing = REQUIRED.filter((name) => find(name, bases) === undefined);
  if (missing.length > 0) throw new Error(missingMessage(missing));

  // What the SDK brings along is looked for beside the SDK first: it has to be the SDK's own copy.
  const beside = (name: string): string[] => [find(name, bases) ?? "", ...bases];
  const besideTrace = beside("@opentelemetry/sdk-trace");
  const logs = loadIfFound("@opentelemetry/sdk-logs", bases) as LogsSdk | undefined;
  return {
    trace: load("@opentelemetry/sdk-trace", bases) as TraceSdk,
    metrics: load("@opentelemetry/sdk-metrics", bases) as MetricsSdk,
    context: load("@opentelemetry/context-async-hooks", bases) as ContextSdk,
    core: load("@opentelemetry/core", besideTrace) as CoreSdk,
    resources: load("@opentelemetry/resources", besideTrace) as ResourcesSdk,
    api: load("@opentelemetry/api", besideTrace) as typeof api,
    logs,
    logsApi: logs === undefined ? undefined : logsApi(beside("@opentelemetry/sdk-logs")),
  };
}

/** What is missing, and the command that installs it. */
export function missingMessage(names: readonly string[]): string {
  // Without a version npm takes SDK 3, and refuses it beside api 1.9, which has no `logs`.
  const ofSdk2 = Object.hasOwn(api, "logs") ? undefined : SDK_2_VERSIONS;
  const packages = names.map((name) =>
    ofSdk2 === undefined ? name : `${name}@${ofSdk2[name] ?? "2"}`,
  );
  return `langchain-otel/testing needs packages of OpenTelemetry that are not installed. Run: npm i -D ${packages.join(" ")}`;
}

// --- internal ---

const REQUIRED = [
  "@opentelemetry/sdk-trace",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/context-async-hooks",
] as const;

/** The logs SDK has its own numbers: 0.2xx belongs to SDK 2. */
const SDK_2_VERSIONS: Readonly<Record<string, string>> = { "@opentelemetry/sdk-logs": "0" };

function logsApi(bases: readonly string[]): LogsApi | undefined {
  const { logs } = api as { readonly logs?: LogsApi };
  return (
    logs ??
    (loadIfFound("@opentelemetry/api-logs", bases) as { readonly logs: LogsApi } | undefined)?.logs
  );
}

function load(name: string, bases: readonly string[]): unknown {
  const found = loadIfFound(name, bases);
  if (found === undefined) throw new Error(missingMessage([name]));
  return found;
}

function loadIfFound(name: string, bases: readonly string[]): unknown {
  const path = find(name, bases);
  return path === undefined ? undefined : createRequire(path)(path);
}

function find(name: string, bases: readonly string[]): string | undefined {
  for (const base of bases) {
    try {
      return createRequire(base).resolve(name);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw fault;
    }
  }
  return undefined;
}
