import type { Attributes, Context, Histogram } from "@opentelemetry/api";

import type { McpRequest, RunEnd } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import {
  MCP,
  MCP_CLIENT_DURATION,
  MCP_CLIENT_SESSION_DURATION,
  MCP_SERVER_DURATION,
  MCP_SERVER_SESSION_DURATION,
} from "../semconv/mcp.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_NETWORK_TRANSPORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "../semconv/stable.ts";
import { histogram } from "./instruments.ts";
import type { LimitedMeter } from "./limited-meter.ts";

/** A session that is over, as one side of it has seen it. */
export type EndedMcpSession = McpConnectionFacts & {
  readonly side: McpRequest["side"];
  readonly errorType: string | undefined;
};

/** Records the Model Context Protocol. No session, no id and no URI: a metric has few series. */
export class McpMetrics {
  readonly #meter: () => LimitedMeter;
  #made: { readonly meter: LimitedMeter; readonly instruments: McpInstruments } | undefined;

  constructor(meter: () => LimitedMeter) {
    this.#meter = meter;
  }

  requestAttributes(request: McpRequest): Attributes {
    return present({
      [MCP.methodName]: request.method,
      [GEN_AI.operationName]: request.method === "tools/call" ? "execute_tool" : undefined,
      [GEN_AI.toolName]: request.toolName,
      [MCP.promptName]: request.promptName,
      ...connectionAttributes(request),
    });
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
    this.#instruments().operation[side].record(seconds, ended, context);
  }

  session(session: EndedMcpSession, seconds: number): void {
    const attributes = { ...connectionAttributes(session), [ATTR_ERROR_TYPE]: session.errorType };
    this.#instruments().session[session.side].record(seconds, present(attributes));
  }

  #instruments(): McpInstruments {
    const meter = this.#meter();
    if (this.#made?.meter !== meter) {
      const instruments = {
        operation: {
          client: histogram(meter, MCP_CLIENT_DURATION),
          server: histogram(meter, MCP_SERVER_DURATION),
        },
        session: {
          client: histogram(meter, MCP_CLIENT_SESSION_DURATION),
          server: histogram(meter, MCP_SERVER_SESSION_DURATION),
        },
      };
      this.#made = { meter, instruments };
    }
    return this.#made.instruments;
  }
}

// --- internal ---

type McpConnectionFacts = Pick<
  McpRequest,
  "protocolVersion" | "transport" | "protocolName" | "server"
>;

interface McpInstruments {
  readonly operation: Readonly<Record<McpRequest["side"], Histogram>>;
  readonly session: Readonly<Record<McpRequest["side"], Histogram>>;
}

type Known = Readonly<Record<string, string | number | undefined>>;

function connectionAttributes(seen: McpConnectionFacts): Known {
  return {
    [MCP.protocolVersion]: seen.protocolVersion,
    [ATTR_NETWORK_TRANSPORT]: seen.transport,
    [ATTR_NETWORK_PROTOCOL_NAME]: seen.protocolName,
    [ATTR_SERVER_ADDRESS]: seen.server?.address,
    [ATTR_SERVER_PORT]: seen.server?.port,
  };
}

function present(known: Known): Attributes {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
