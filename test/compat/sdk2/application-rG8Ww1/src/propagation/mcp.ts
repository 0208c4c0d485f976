import { attachments } from "../instrumentation/attachments.ts";
import { fields } from "../langchain/read.ts";
import { RunTracer } from "../langchain/run-tracer.ts";
import { badOption, type HandlerOptions } from "../options.ts";
import { McpConnection } from "./mcp-connection.ts";
import {
  isMultiServerClient,
  isProtocol,
  type MultiServerClient,
  overrideMethod,
} from "./mcp-protocol.ts";

/**
 * Makes requests of the Model Context Protocol part of the trace, whatever they go over: a `{method} {tool}` CLIENT span
 * for each one sent, a SERVER span for each one received, below the sender's, the trace context between them in
 * `params._meta`, and `mcp.client.operation.duration` or `mcp.server.operation.duration`.
 *
 * Takes a client or a server of `@modelcontextprotocol/sdk` 1.x or of `@modelcontextprotocol/client` and `/server` 2.x,
 * an `McpServer`, or the `MultiServerMCPClient` of `@langchain/mcp-adapters`, before or after it connects. A second
 * time does nothing.
 *
 * @param options as of the handler. Without them those of the `LangChainInstrumentation` that is attached are used.
 * @returns the same object
 * @throws TypeError for anything else, for an unknown option or a wrong value
 *
 * @example
 * const server = instrumentMcp(new McpServer({ name: "weather", version: "1.0.0" }));
 * const client = instrumentMcp(new MultiServerMCPClient({ mcpServers }));
 */
export function instrumentMcp<T extends object>(clientOrServer: T, options?: HandlerOptions): T {
  const given = options === undefined ? undefined : new RunTracer(options);
  const tracerOf = (): RunTracer => given ?? attachments().current ?? usualTracer();
  const { server } = fields(clientOrServer);
  if (isMultiServerClient(clientOrServer)) attachToMany(clientOrServer, tracerOf);
  else if (isProtocol(clientOrServer)) attach(clientOrServer, tracerOf);
  else if (isProtocol(server)) attach(server, tracerOf);
  else throw badOption("clientOrServer", "a client or a server of the MCP SDK", clientOrServer);
  return clientOrServer;
}

// --- internal ---

let usual: RunTracer | undefined;

function usualTracer(): RunTracer {
  return (usual ??= new RunTracer());
}

/** On the object and not in a set: another copy of this package has to see it too, through a proxy as well. */
const ATTACHED = Symbol.for("langchain-otel.mcp/1");

/** @returns whether it is the first to ask */
function mark(object: object): boolean {
  if (Reflect.has(object, ATTACHED)) return false;
  Reflect.defineProperty(object, ATTACHED, { value: true });
  return true;
}

function attach(protocol: object, tracerOf: () => RunTracer): void {
  if (!isProtocol(protocol) || !mark(protocol)) return;
  if (!new McpConnection(protocol, tracerOf).attach()) {
    tracerOf().guard.report("attaching to an MCP client or server", new Error("It is frozen"));
  }
}

/** It makes its clients when it connects, keeps them, and connects before whatever it does. */
function attachToMany(many: MultiServerClient, tracerOf: () => RunTracer): void {
  if (!mark(many)) return;
  let isAttaching = false;
  const attachAll = async (connected: unknown, options: unknown): Promise<void> => {
    isAttaching = true;
    try {
      for (const name of Object.keys(fields(connected)).slice(0, MOST_SERVERS)) {
        const client = await many.getClient(name, options);
        if (isProtocol(client)) attach(client, tracerOf);
      }
    } catch (fault) {
      tracerOf().guard.report("attaching to the clients of MultiServerMCPClient", fault);
    } finally {
      isAttaching = false;
    }
  };
  overrideMethod(
    many,
    "initializeConnections",
    (original) =>
      async function (this: unknown, ...args: unknown[]) {
        const connected = await original.apply(this, args);
        if (!isAttaching) await attachAll(connected, args[0]);
        return connected;
      },
  );
}

const MOST_SERVERS = 1000;
