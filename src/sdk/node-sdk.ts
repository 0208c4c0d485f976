import { diag } from "@opentelemetry/api";

import { ConsoleTreeExporter } from "../console/index.ts";
import { RedactingLogRecordProcessor, RedactingSpanProcessor } from "../processors/index.ts";
import { isRegistered } from "../telemetry/api-globals.ts";
import { cleanText } from "../telemetry/clean-attributes.ts";
import { withCleanArguments } from "./clean-start.ts";
import { defaultServiceName } from "./default-service-name.ts";
import { portMismatch } from "./endpoint.ts";
import { logRecordProcessors, spanProcessors } from "./exporters.ts";
import type { LoadedSdk, NodeSdk, NodeSdkConfiguration } from "./load-sdk.ts";
import { sdkEnvironment, withEnvironment } from "./sdk-environment.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/** Starts the SDK as the options say, and where they are silent as the `OTEL_*` variables say. */
export function startNodeSdk(
  options: TelemetryOptions,
  sdk: LoadedSdk,
  instrumentations: readonly unknown[],
): NodeSdk {
  const changes = { ...sdkEnvironment(options, process.env), ...withoutRegistered() };
  return withEnvironment(changes, () => {
    const mismatch = portMismatch(process.env);
    if (mismatch !== undefined) diag.warn(mismatch);
    const nodeSdk = new sdk.NodeSDK(configuration(options, sdk, instrumentations));
    withCleanArguments(() => nodeSdk.start());
    return nodeSdk;
  });
}

// --- internal ---

/**
 * What the application has registered stays: the SDK would replace a diag logger because of OTEL_LOG_LEVEL, and would
 * log an error for everything else.
 */
function withoutRegistered(): Record<string, string | undefined> {
  return {
    ...(isRegistered("diag") ? { OTEL_LOG_LEVEL: undefined } : {}),
    ...(isRegistered("metrics") ? { OTEL_METRICS_EXPORTER: "none" } : {}),
    ...(isRegistered("logs") ? { OTEL_LOGS_EXPORTER: "none" } : {}),
  };
}

function configuration(
  { serviceName, environment, console }: TelemetryOptions,
  sdk: LoadedSdk,
  instrumentations: readonly unknown[],
): NodeSdkConfiguration {
  const start = { env: process.env, mainScript: process.argv[1], directory: process.cwd() };
  return {
    serviceName: cleanText(serviceName ?? defaultServiceName(start)),
    instrumentations,
    ...(environment === undefined ? {} : { resource: resourceOf(cleanText(environment), sdk) }),
    ...redactingProcessors(sdk, console === true),
    ...(isRegistered("context") ? { contextManager: null } : {}),
    ...(isRegistered("propagation") ? { textMapPropagator: null } : {}),
  };
}

/** Keys, tokens and passwords are taken out of all that is sent, whoever made it, before anything is. */
function redactingProcessors(
  sdk: LoadedSdk,
  console: boolean,
): Pick<NodeSdkConfiguration, "spanProcessors" | "logRecordProcessors"> {
  const ofSpans = spanProcessors(
    sdk,
    console ? new ConsoleTreeExporter({ format: "tree" }) : undefined,
  );
  const ofLogs = logRecordProcessors(sdk);
  return {
    spanProcessors: ofSpans.length === 0 ? [] : [new RedactingSpanProcessor(), ...ofSpans],
    // With an empty list the SDK would register a provider that does nothing.
    ...(ofLogs.length === 0
      ? {}
      : { logRecordProcessors: [new RedactingLogRecordProcessor(), ...ofLogs] }),
  };
}

interface Resource {
  merge(other: Resource): Resource;
}

interface ResourcesModule {
  defaultResource(): Resource;
  resourceFromAttributes(attributes: Record<string, string>): Resource;
}

function resourceOf(environment: string, sdk: LoadedSdk): Resource {
  const { defaultResource, resourceFromAttributes } = sdk.require(
    "@opentelemetry/resources",
  ) as ResourcesModule;
  return defaultResource().merge(
    resourceFromAttributes({ "deployment.environment.name": environment }),
  );
}
