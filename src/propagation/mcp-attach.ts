import type { RunTracer } from "../langchain/run-tracer.ts";
import { McpConnection } from "./mcp-connection.ts";
import type { McpProtocol } from "./mcp-protocol.ts";

/**
 * Follows a client or server, from now on; one that is followed already is left alone.
 *
 * @param tracerOf whose spans are made, asked at each message; none: no spans
 * @param transport what it is about to be connected to, when that has begun
 */
export function attachMcp(
  protocol: McpProtocol,
  tracerOf: () => RunTracer | undefined,
  transport?: unknown,
): void {
  if (!mark(protocol)) return;
  const connection = new McpConnection(protocol, tracerOf);
  if (!connection.attach())
    tracerOf()?.guard.report("attaching to an MCP client or server", new Error("It is frozen"));
  else connection.watch(transport);
}

// --- internal ---

/** On the object and not in a set: another copy of this package has to see it too, through a proxy as well. */
const ATTACHED = Symbol.for("langchain-otel.mcp/1");

/** @returns whether it is the first to ask */
function mark(object: object): boolean {
  if (Reflect.has(object, ATTACHED)) return false;
  Reflect.defineProperty(object, ATTACHED, { value: true });
  return true;
}
