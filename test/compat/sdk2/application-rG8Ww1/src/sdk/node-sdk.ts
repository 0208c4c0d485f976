import { diag } from "@opentelemetry/api";

import { ConsoleTreeExporter } from "../console/index.ts";
import { isRegistered } from "./api-globals.ts";
import { defaultServiceName } from "./default-service-name.ts";
import { portMismatch } from "./endpoint.ts";
import { spanProcessorsWith } from "./exporters.ts";
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
    nodeSdk.start();
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
    serviceName: serviceName ?? defaultServiceName(start),
    instrumentations,
    ...(environment === undefined ? {} : { resource: resourceOf(environment, sdk) }),
    ...(console === true
      ? { spanProcessors: spanProcessorsWith(new ConsoleTreeExporter({ format: "tree" }), sdk) }
      : {}),
    ...(isRegistered("context") ? { contextManager: null } : {}),
    ...(isRegistered("propagation") ? { textMapPropagator: null } : {}),
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
