/**
 * Stable names of OpenTelemetry's conventions, under the names that `@opentelemetry/semantic-conventions` has for them; a
 * test holds them equal. Importing the package at run time takes 5 ms of every application's start, for eight strings.
 */
export const ATTR_ERROR_TYPE = "error.type" as const;
export const ATTR_EXCEPTION_MESSAGE = "exception.message" as const;
export const ATTR_EXCEPTION_STACKTRACE = "exception.stacktrace" as const;
export const ATTR_EXCEPTION_TYPE = "exception.type" as const;
export const ATTR_NETWORK_PROTOCOL_NAME = "network.protocol.name" as const;
export const ATTR_NETWORK_TRANSPORT = "network.transport" as const;
export const ATTR_SERVER_ADDRESS = "server.address" as const;
export const ATTR_SERVER_PORT = "server.port" as const;
