import type { InstrumentDefinition } from "./metrics.ts";

/** Attribute names of the Model Context Protocol's part of the conventions, the same in both versions. */
export const MCP = {
  methodName: "mcp.method.name",
  sessionId: "mcp.session.id",
  protocolVersion: "mcp.protocol.version",
  resourceUri: "mcp.resource.uri",
  requestId: "jsonrpc.request.id",
  statusCode: "rpc.response.status_code",
  promptName: "gen_ai.prompt.name",
} as const;

const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;

export const MCP_CLIENT_DURATION: InstrumentDefinition = {
  name: "mcp.client.operation.duration",
  kind: "histogram",
  unit: "s",
  description:
    "The duration of the MCP request or notification as observed on the sender from the time it was sent until the response or ack is received.",
  buckets: BUCKETS,
};

export const MCP_SERVER_DURATION: InstrumentDefinition = {
  name: "mcp.server.operation.duration",
  kind: "histogram",
  unit: "s",
  description:
    "MCP request or notification duration as observed on the receiver from the time it was received until the result or ack is sent.",
  buckets: BUCKETS,
};

export const MCP_CLIENT_SESSION_DURATION: InstrumentDefinition = {
  name: "mcp.client.session.duration",
  kind: "histogram",
  unit: "s",
  description: "The duration of the MCP session as observed on the MCP client.",
  buckets: BUCKETS,
};

export const MCP_SERVER_SESSION_DURATION: InstrumentDefinition = {
  name: "mcp.server.session.duration",
  kind: "histogram",
  unit: "s",
  description: "The duration of the MCP session as observed on the MCP server.",
  buckets: BUCKETS,
};
