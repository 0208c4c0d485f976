import { fields } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { McpClientSide } from "./mcp-client-side.ts";
import { McpEndpoint } from "./mcp-endpoint.ts";
import { isProtocol, type McpProtocol, overrideMethod } from "./mcp-protocol.ts";
import { McpServerSide } from "./mcp-server-side.ts";
import { McpSession } from "./mcp-session.ts";

/** What is followed of a client or server: what it sends, what it receives, and the session that both are part of. */
export class McpConnection {
  readonly #endpoint: McpEndpoint;
  readonly #session: McpSession = new McpSession();
  readonly #clientSide: McpClientSide;
  readonly #serverSide: McpServerSide;
  readonly #watched = new WeakSet();

  /** @param tracerOf whose spans are made, asked at each message; none: no spans */
  constructor(protocol: McpProtocol, tracerOf: () => RunTracer | undefined) {
    this.#endpoint = new McpEndpoint(protocol, tracerOf);
    this.#clientSide = new McpClientSide(this.#endpoint, this.#session);
    this.#serverSide = new McpServerSide(this.#endpoint, this.#session);
  }

  /** @returns whether it could be attached to */
  attach(): boolean {
    const endpoint = this.#endpoint;
    if (!isProtocol(endpoint.protocol) || !this.#clientSide.attach()) return false;
    this.#serverSide.attach();
    this.watch(endpoint.transport);
    endpoint.override("connect", (connect) =>
      endpoint.before(connect, ([transport]) => this.watch(transport)),
    );
    endpoint.override("close", (close) =>
      endpoint.before(close, () => {
        this.#clientSide.close();
        this.#session.close();
      }),
    );
    endpoint.override("_onclose", (lost) =>
      endpoint.before(lost, () => {
        this.#serverSide.lost();
        this.#session.lost();
      }),
    );
    return true;
  }

  /** Answers and notifications all pass a transport's `send`, and nothing before it. */
  watch(transport: unknown): void {
    if (typeof transport !== "object" || transport === null || this.#watched.has(transport)) return;
    this.#watched.add(transport);
    overrideMethod(transport, "send", (original) => {
      const send = (pass: (message: unknown) => unknown, message: unknown): unknown =>
        this.#send(transport, pass, message);
      return function (this: unknown, message: unknown, ...more: unknown[]) {
        return send((passed) => original.call(this, passed, ...more), message);
      };
    });
  }

  #send(transport: object, pass: (message: unknown) => unknown, message: unknown): unknown {
    // It may go on as the transport of somebody else.
    if (this.#endpoint.transport !== transport) return pass(message);
    const sent = fields(message);
    if (typeof sent["method"] === "string" && sent["id"] === undefined)
      return this.#clientSide.notify(pass, sent);
    this.#endpoint.guard(() => {
      for (const each of Array.isArray(message) ? message : [message]) {
        if (!("method" in fields(each))) this.#serverSide.answer(fields(each));
      }
    });
    return pass(message);
  }
}
