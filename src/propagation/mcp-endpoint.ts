import type { Context } from "@opentelemetry/api";

import { type Fields, fields, text } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { McpRequest } from "../operation.ts";
import { type McpProtocol, type Method, overrideMethod } from "./mcp-protocol.ts";
import { type McpMessage, mcpRequest, requesterOf } from "./mcp-request.ts";

/** A client or server of the SDK as its two sides and its session see it. Each of them both sends and receives. */
export class McpEndpoint {
  readonly protocol: McpProtocol;
  readonly #tracerOf: () => RunTracer | undefined;
  #agreedVersion: string | undefined;

  /** @param tracerOf whose spans are made, asked at each message; none: no spans */
  constructor(protocol: McpProtocol, tracerOf: () => RunTracer | undefined) {
    this.protocol = protocol;
    this.#tracerOf = tracerOf;
  }

  get transport(): unknown {
    return fields(this.protocol)["transport"];
  }

  /** @returns whether the method is there and could be replaced */
  override(name: string, replacement: (original: Method) => Method): boolean {
    return overrideMethod(this.protocol, name, replacement);
  }

  /** Has something done before a method; whatever happens there, the method is called. */
  before(original: Method, act: (args: unknown[]) => void): Method {
    const guarded = (args: unknown[]): void => this.guard(() => act(args));
    return function (this: unknown, ...args: unknown[]) {
      guarded(args);
      return original.apply(this, args);
    };
  }

  /** Does something of ours that may go wrong. */
  guard<T>(act: () => T): T | undefined {
    const tracer = this.#tracerOf();
    return tracer?.guard.run("following an MCP connection", act);
  }

  /** Does something with the tracer, where one is at work. */
  traced<T>(start: (tracer: RunTracer) => T | undefined): T | undefined {
    const tracer = this.#tracerOf();
    if (tracer?.active !== true) return undefined;
    return tracer.guard.run("starting an MCP message", () => start(tracer));
  }

  /** What is known of a message that is sent (`client`) or received (`server`) in a context. */
  request(
    seen: Pick<McpMessage, "side" | "isKnown"> & { readonly protocolVersion?: string | undefined },
    message: Fields,
    tracer: RunTracer,
    parent: Context,
  ): McpRequest {
    const { transport, _negotiatedProtocolVersion: negotiated } = fields(this.protocol);
    const protocolVersion = this.#agreedVersion ?? text(negotiated) ?? seen.protocolVersion;
    return mcpRequest(
      { ...seen, message, transport, protocolVersion },
      requesterOf(parent, tracer.options),
    );
  }

  /** `initialize` has been answered. @returns the version that the two sides have agreed upon */
  agree(result: unknown): string | undefined {
    this.#agreedVersion = text(fields(result)["protocolVersion"]);
    return this.#agreedVersion;
  }
}
