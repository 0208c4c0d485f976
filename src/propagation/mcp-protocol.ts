import { fields } from "../langchain/read.ts";

/** Any method of the SDK's. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Client or server of the MCP SDK, version 1 or 2, by shape. Both are a `Protocol`, whose methods all have the same
 * names; version 2 sends everything through one more.
 */
export type McpProtocol = object & {
  readonly request: Method;
  readonly _onrequest: Method;
};

export function isProtocol(value: unknown): value is McpProtocol {
  const { request, _onrequest } = fields(value);
  return typeof request === "function" && typeof _onrequest === "function";
}

/** A class whose objects are clients or servers. */
export function isProtocolClass(value: unknown): value is { readonly prototype: McpProtocol } {
  return typeof value === "function" && isProtocol(value.prototype);
}

/** The client of `@langchain/mcp-adapters`, which makes clients of the SDK as it connects. */
export type MultiServerClient = object & {
  readonly initializeConnections: Method;
  readonly _loadToolsForServer: Method;
};

export function isMultiServerClient(value: unknown): value is MultiServerClient {
  const { initializeConnections, _loadToolsForServer: load } = fields(value);
  return typeof initializeConnections === "function" && typeof load === "function";
}

/**
 * Puts a method in the place of an object's own or inherited one. Only this object is changed, and what the method is
 * called on is what the caller called it on: `@langchain/mcp-adapters` puts a proxy before each client.
 *
 * @returns whether it could be done; a frozen object stays as it is
 */
export function overrideMethod(
  object: object,
  key: string,
  replacement: (original: Method) => Method,
): boolean {
  const original = fields(object)[key];
  if (typeof original !== "function") return false;
  return Reflect.defineProperty(object, key, {
    value: replacement(original as Method),
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
