import type { McpRequest } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { MCP } from "../semconv/mcp.ts";
import { ATTR_NETWORK_PROTOCOL_NAME, ATTR_NETWORK_TRANSPORT } from "../semconv/stable.ts";

/** What a span of the Model Context Protocol says of its request; absent values are left out by the caller. */
export function mcpAttributes(request: McpRequest): Record<string, string | undefined> {
  return {
    [MCP.methodName]: request.method,
    // "SHOULD be set to `execute_tool` when the operation describes a tool call and SHOULD NOT be set otherwise"
    [GEN_AI.operationName]: request.method === "tools/call" ? "execute_tool" : undefined,
    [GEN_AI.toolName]: request.toolName,
    [MCP.promptName]: request.promptName,
    [MCP.resourceUri]: request.resourceUri,
    [MCP.requestId]: request.requestId,
    [MCP.sessionId]: request.sessionId,
    [MCP.protocolVersion]: request.protocolVersion,
    [ATTR_NETWORK_TRANSPORT]: request.transport,
    [ATTR_NETWORK_PROTOCOL_NAME]: request.protocolName,
  };
}
