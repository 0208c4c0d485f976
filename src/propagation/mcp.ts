import { attachedTracer } from "../langchain/attached.ts";
import { fields } from "../langchain/read.ts";
import { RunTracer } from "../langchain/run-tracer.ts";
import { badOption, type HandlerOptions } from "../options.ts";
import { attachMcp } from "./mcp-attach.ts";
import {
  isMultiServerClient,
  isProtocol,
  type MultiServerClient,
  overrideMethod,
} from "./mcp-protocol.ts";

/**
 * Makes what goes over the Model Context Protocol part of the trace, whatever it goes over: a `{method} {tool}` CLIENT
 * span for each request and notification that is sent, a SERVER span for each that is received, below the sender's, the
 * trace context between them in `params._meta`, and the metrics `mcp.{client,server}.{operation,session}.duration`.
 *
 * Takes a client or a server of `@modelcontextprotocol/sdk` 1.x or of `@modelcontextprotocol/client` and `/server` 2.x,
 * an `McpServer`, or the `MultiServerMCPClient` of `@langchain/mcp-adapters`. A second time does nothing. Before it
 * connects, so that `initialize` and the session are seen; those of a `MultiServerMCPClient`, which makes its clients
 * itself, are seen by the `LangChainInstrumentation` only.
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
  const tracerOf = (): RunTracer => given ?? attachedTracer() ?? usualTracer();
  const { server } = fields(clientOrServer);
  if (isMultiServerClient(clientOrServer)) attachToMany(clientOrServer, tracerOf);
  else if (isProtocol(clientOrServer)) attachMcp(clientOrServer, tracerOf);
  else if (isProtocol(server)) attachMcp(server, tracerOf);
  else throw badOption("clientOrServer", "a client or a server of the MCP SDK", clientOrServer);
  return clientOrServer;
}

// --- internal ---

let usual: RunTracer | undefined;

function usualTracer(): RunTracer {
  return (usual ??= new RunTracer());
}

/** It makes its clients when it connects, keeps them, and asks each for its tools as soon as it is connected. */
function attachToMany(many: MultiServerClient, tracerOf: () => RunTracer): void {
  overrideMethod(
    many,
    "_loadToolsForServer",
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const [, client] = args;
        if (isProtocol(client)) attachMcp(client, tracerOf);
        return original.apply(this, args);
      },
  );
}
