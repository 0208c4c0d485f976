import type { Context } from "@opentelemetry/api";

import { withoutSecrets } from "../content/secrets.ts";
import { abortSignalOf } from "../langchain/abort-signal.ts";
import type { OpenRun } from "../langchain/open-run.ts";
import { type Fields, fields, first, text } from "../langchain/read.ts";
import { runOf } from "../langchain/run-context.ts";
import { serverOf } from "../langchain/server.ts";
import type { CommonRequest, McpRequest } from "../operation.ts";
import type { ResolvedOptions } from "../options.ts";

/** What is known of a JSON-RPC message and of the connection it goes over. */
export interface McpMessage {
  readonly side: McpRequest["side"];
  readonly message: Fields;
  readonly transport: unknown;
  /** Agreed upon by the two sides, where that was seen. */
  readonly protocolVersion: string | undefined;
  /** The side that receives has something that answers it. */
  readonly isKnown: boolean;
}

export function mcpRequest(
  { side, message, transport, protocolVersion, isKnown }: McpMessage,
  common: CommonRequest,
): McpRequest {
  const params = fields(message["params"]);
  const method = text(message["method"])?.slice(0, 128) ?? UNKNOWN;
  const meta = fields(params["_meta"]);
  const { id } = message;
  return {
    kind: "mcp",
    side,
    // Whoever can send requests could make up as many span names and metric series as they like.
    method: isKnown || METHODS.has(method) ? method : UNKNOWN,
    toolName: isKnown && method === "tools/call" ? text(params["name"])?.slice(0, 128) : undefined,
    promptName:
      isKnown && method === "prompts/get" ? text(params["name"])?.slice(0, 128) : undefined,
    resourceUri: /^(?:notifications\/)?resources\//.test(method) ? uriOf(params["uri"]) : undefined,
    requestId: ["string", "number"].includes(typeof id) ? String(id).slice(0, 128) : undefined,
    sessionId: text(fields(transport)["sessionId"]),
    protocolVersion: first(
      protocolVersion,
      text(meta["io.modelcontextprotocol/protocolVersion"]),
      text(fields(transport)["protocolVersion"]),
    ),
    ...network(transport),
    ...common,
  };
}

/** Whose request it is: the run's that it is sent or received in, where one is open here. */
export function requesterOf(context: Context, options: ResolvedOptions): CommonRequest {
  const run = runOf(context) as Partial<OpenRun> | undefined;
  return {
    agentName: run?.agentName ?? options.agentName,
    conversationId: run?.request?.conversationId ?? options.conversationId,
    association: run?.association,
  };
}

/** Lets the run that sends a request know what can abort it. */
export function abortableBy(context: Context, options: unknown): void {
  (runOf(context) as Partial<OpenRun> | undefined)?.abortableBy?.(abortSignalOf(options));
}

// --- internal ---

const UNKNOWN = "_OTHER";

/** The requests and notifications of the protocol, answered here or not. */
const METHODS: ReadonlySet<string> = new Set([
  "completion/complete",
  "elicitation/create",
  "initialize",
  "logging/setLevel",
  "notifications/cancelled",
  "notifications/elicitation/complete",
  "notifications/initialized",
  "notifications/message",
  "notifications/progress",
  "notifications/prompts/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/roots/list_changed",
  "notifications/tools/list_changed",
  "ping",
  "prompts/get",
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/subscribe",
  "resources/templates/list",
  "resources/unsubscribe",
  "roots/list",
  "sampling/createMessage",
  "server/discover",
  "tools/call",
  "tools/list",
]);

function uriOf(uri: unknown): string | undefined {
  const known = text(uri);
  return known === undefined ? undefined : withoutSecrets(known);
}

/**
 * What the messages go over, by what the SDK's transports look like: clients have the address they were given, those
 * of child processes a process id, a server that is a child process the standard streams. Anything else is not known.
 */
function network(transport: unknown): Pick<McpRequest, "transport" | "protocolName" | "server"> {
  const seen = fields(transport);
  const url = fields(seen["_url"]);
  const scheme = text(url["protocol"]);
  if (scheme !== undefined) {
    const protocolName = scheme.startsWith("ws") ? "websocket" : "http";
    return { transport: "tcp", protocolName, server: serverOf(text(url["origin"])) };
  }
  if ("_serverParams" in seen || ("_stdin" in seen && "_stdout" in seen))
    return { transport: "pipe" };
  const serves = ["handleRequest", "handlePostMessage"].some(
    (method) => typeof seen[method] === "function",
  );
  // Version 2 has one for a single request, too.
  if (serves || ("_responseMode" in seen && typeof seen["handleMessage"] === "function"))
    return { transport: "tcp", protocolName: "http" };
  return {};
}
