import type { Attributes, Context, Histogram, Meter } from "@opentelemetry/api";

import type { McpRequest, RunEnd } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { MCP, MCP_CLIENT_DURATION, MCP_SERVER_DURATION } from "../semconv/mcp.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_NETWORK_TRANSPORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "../semconv/stable.ts";
import { histogram } from "./instruments.ts";

/** Records requests of the Model Context Protocol. No session, no id and no URI: a metric has few series. */
export class McpMetrics {
  readonly #meter: () => Meter;
  #instruments:
    | { readonly meter: Meter; readonly client: Histogram; readonly server: Histogram }
    | undefined;

  constructor(meter: () => Meter) {
    this.#meter = meter;
  }

  requestAttributes(request: McpRequest): Attributes {
    const known: Readonly<Record<string, string | number | undefined>> = {
      [MCP.methodName]: request.method,
      [GEN_AI.operationName]: request.method === "tools/call" ? "execute_tool" : undefined,
      [GEN_AI.toolName]: request.toolName,
      [MCP.promptName]: request.promptName,
      [MCP.protocolVersion]: request.protocolVersion,
      [ATTR_NETWORK_TRANSPORT]: request.transport,
      [ATTR_NETWORK_PROTOCOL_NAME]: request.protocolName,
      [ATTR_SERVER_ADDRESS]: request.server?.address,
      [ATTR_SERVER_PORT]: request.server?.port,
    };
    const attributes: Attributes = {};
    for (const [key, value] of Object.entries(known))
      if (value !== undefined) attributes[key] = value;
    return attributes;
  }

  end(
    { side }: McpRequest,
    { outcome, failure, statusCode }: RunEnd,
    seconds: number,
    attributes: Attributes,
    context: Context,
  ): void {
    const ended = { ...attributes };
    if (outcome === "error") ended[ATTR_ERROR_TYPE] = failure?.type ?? "_OTHER";
    if (statusCode !== undefined) ended[MCP.statusCode] = statusCode;
    this.#made()[side].record(seconds, ended, context);
  }

  #made(): { readonly client: Histogram; readonly server: Histogram } {
    const meter = this.#meter();
    if (this.#instruments?.meter !== meter) {
      this.#instruments = {
        meter,
        client: histogram(meter, MCP_CLIENT_DURATION),
        server: histogram(meter, MCP_SERVER_DURATION),
      };
    }
    return this.#instruments;
  }
}
