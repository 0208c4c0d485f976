/**
 * Set-up in one call, for applications that have no OpenTelemetry SDK of their own: `startTelemetry()`.
 */
export type { Protocol } from "./endpoint.ts";
export type { Telemetry } from "./running-telemetry.ts";
export { serviceNameFor, type ServiceNameParts } from "./service-name.ts";
export { startTelemetry } from "./start-telemetry.ts";
export type { TelemetryOptions } from "./telemetry-options.ts";
