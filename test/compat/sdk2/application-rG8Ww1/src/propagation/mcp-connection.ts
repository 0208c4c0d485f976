import { context as otelContext, isSpanContextValid, propagation, trace } from "@opentelemetry/api";

import { abortSignalOf } from "../langchain/abort-signal.ts";
import { type Fields, fields, text } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { extract } from "./carrier.ts";
import { answeredEnd, resultEnd, unansweredEnd, wireErrorOf } from "./mcp-ending.ts";
import { isProtocol, type McpProtocol, type Method, overrideMethod } from "./mcp-protocol.ts";
import { abortableBy, commonOf, type McpMessage, mcpRequest } from "./mcp-request.ts";
import { McpRun } from "./mcp-run.ts";

/**
 * One client or server, and the requests under way on it: both send, both receive. What it sends has a CLIENT span and
 * carries its context, what it receives has a SERVER span below the sender's.
 */
export class McpConnection {
  readonly #protocol: McpProtocol;
  readonly #tracerOf: () => RunTracer;
  readonly #sent = new Map<unknown, McpRun>();
  readonly #received = new Map<unknown, McpRun>();
  readonly #watched = new WeakSet();
  #protocolVersion: string | undefined;

  /** @param tracerOf whose spans are made, asked at each request */
  constructor(protocol: McpProtocol, tracerOf: () => RunTracer) {
    this.#protocol = protocol;
    this.#tracerOf = tracerOf;
  }

  /** @returns whether it could be attached to */
  attach(): boolean {
    const sending = FUNNELS.find(([name]) => typeof fields(this.#protocol)[name] === "function");
    if (!isProtocol(this.#protocol) || sending === undefined) return false;
    const [request, at] = sending;
    const attached = overrideMethod(this.#protocol, request, (send) => this.#sending(send, at));
    if (!attached) return false;
    this.#override("_onresponse", (original) => this.#before(original, (args) => this.#note(args)));
    this.#override("_onrequest", (original) => this.#receiving(original));
    for (const [name, place] of NOTIFICATION_FUNNELS) {
      if (this.#override(name, (original) => this.#notifying(original, place))) break;
    }
    this.#override("_onnotification", (original) => this.#notified(original));
    this.#override("close", (original) => this.#before(original, () => this.#closing()));
    this.#override("_onclose", (original) => this.#before(original, () => this.#closed()));
    return true;
  }

  #override(name: string, replacement: (original: Method) => Method): boolean {
    return overrideMethod(this.#protocol, name, replacement);
  }

  /** Has something done before a method; whatever happens there, the method is called. */
  #before(original: Method, act: (args: unknown[]) => void): Method {
    const guard = () => this.#tracerOf().guard;
    return function (this: unknown, ...args: unknown[]) {
      guard().run("following an MCP connection", () => act(args));
      return original.apply(this, args);
    };
  }

  #sending(send: Method, at: number): Method {
    const start = (args: unknown[]): McpRun | undefined => this.#startSent(args, at);
    const settle = (run: McpRun, args: unknown[], ended: Settled): void =>
      this.#settle(run, args[at + 2], ended);
    return function (this: unknown, ...args: unknown[]) {
      const run = start(args);
      if (run === undefined) return send.apply(this, args);
      try {
        const made = otelContext.with(run.context, () => send.apply(this, args));
        Promise.resolve(made).then(
          (result: unknown) => settle(run, args, { result }),
          (error: unknown) => settle(run, args, { error }),
        );
        return made;
      } catch (error) {
        settle(run, args, { error });
        throw error;
      }
    };
  }

  /** Opens the span and puts its context into the message: into a copy, the application's stays as it is. */
  #startSent(args: unknown[], at: number): McpRun | undefined {
    const message = fields(args[at]);
    return this.#guarded((tracer) => {
      if (typeof message["method"] !== "string") return undefined;
      // The SDK numbers its requests by this; it takes the number as soon as it is called.
      const requestId = fields(this.#protocol)["_requestMessageId"];
      const parent = otelContext.active();
      const request = mcpRequest(
        { ...this.#message("client", message, true), requestId },
        commonOf(parent, tracer.options),
      );
      const run = new McpRun(tracer, request, parent, () => this.#sent.delete(requestId));
      this.#sent.set(requestId, run);
      // The tool that sends it fails with it, in words of its own: only the signal tells why.
      abortableBy(parent, args[at + 2]);
      args[at] = withContext(message, run);
      return run;
    });
  }

  #settle(run: McpRun, options: unknown, ended: Settled): void {
    this.#tracerOf().guard.run("ending an MCP request", () => {
      if (!("error" in ended)) {
        this.#noteVersion(run.request.method, ended.result);
        return run.end(resultEnd(run.request, ended.result));
      }
      if (run.answered !== undefined) return run.end(answeredEnd("client", run.answered));
      run.end(unansweredEnd(ended.error, abortSignalOf(options), run.closed));
    });
    // Whatever went wrong in there, it has ended.
    run.end({ outcome: "abandoned" });
  }

  #note([response]: unknown[]): void {
    const run = this.#sent.get(Number(fields(response)["id"]));
    if (run !== undefined) run.answered = wireErrorOf(response);
  }

  #receiving(receive: Method): Method {
    const start = (message: unknown): McpRun | undefined => this.#startReceived(fields(message));
    return function (this: unknown, ...args: unknown[]) {
      const run = start(args[0]);
      if (run === undefined) return receive.apply(this, args);
      return otelContext.with(run.context, () => receive.apply(this, args));
    };
  }

  #startReceived(message: Fields): McpRun | undefined {
    return this.#guarded((tracer) => {
      const requestId = message["id"];
      const ambient = trace.getSpanContext(otelContext.active());
      const parent = extract(message, { format: "jsonrpc" });
      const { _requestHandlers: handlers, fallbackRequestHandler: fallback } = fields(
        this.#protocol,
      );
      const isKnown =
        typeof fallback === "function" ||
        !(handlers instanceof Map) ||
        handlers.has(message["method"]);
      const request = mcpRequest(
        this.#message("server", message, isKnown),
        commonOf(parent, tracer.options),
      );
      this.#watch(fields(this.#protocol)["transport"]);
      this.#received.get(requestId)?.abandon();
      const run = new McpRun(tracer, request, parent, () => this.#received.delete(requestId));
      this.#received.set(requestId, run);
      // The HTTP request that brought it is not its parent any more, but belongs to it.
      const isOther = ambient?.spanId !== trace.getSpanContext(parent)?.spanId;
      if (ambient !== undefined && isSpanContextValid(ambient) && isOther) run.linkTo(ambient);
      return run;
    });
  }

  /** What is sent over the transport answers what has been received; only there every answer passes. */
  #watch(transport: unknown): void {
    if (typeof transport !== "object" || transport === null || this.#watched.has(transport)) return;
    this.#watched.add(transport);
    overrideMethod(transport, "send", (original) =>
      this.#before(original, ([message]) => {
        for (const each of Array.isArray(message) ? message : [message]) this.#answer(fields(each));
      }),
    );
  }

  #answer(message: Fields): void {
    const run = "method" in message ? undefined : this.#received.get(message["id"]);
    if (run === undefined) return;
    const error = wireErrorOf(message);
    if (error === undefined) {
      this.#noteVersion(run.request.method, message["result"]);
      run.end(resultEnd(run.request, message["result"]));
    } else run.end(answeredEnd("server", error));
  }

  /** A notification has no span: it carries the context of the one that is active. */
  #notifying(send: Method, at: number): Method {
    const guarded = (args: unknown[]): unknown =>
      this.#guarded(() => {
        const message = fields(args[at]);
        // The SDK sends one for several of those without parameters; with our own it would not.
        if (message["params"] !== undefined) args[at] = withContext(message);
        return undefined;
      });
    return function (this: unknown, ...args: unknown[]) {
      guarded(args);
      return send.apply(this, args);
    };
  }

  #notified(receive: Method): Method {
    const end = (message: Fields): void => this.#cancelled(message);
    return this.#before(
      function (this: unknown, ...args: unknown[]) {
        const parent = extract(args[0], { format: "jsonrpc" });
        return otelContext.with(parent, () => receive.apply(this, args));
      },
      ([message]) => end(fields(message)),
    );
  }

  /** What the sender has taken back is not answered. */
  #cancelled(message: Fields): void {
    if (message["method"] !== "notifications/cancelled") return;
    const { requestId } = fields(message["params"]);
    this.#received.get(requestId)?.end({ outcome: "cancelled" });
  }

  #closing(): void {
    for (const run of this.#sent.values()) run.closed = true;
  }

  #closed(): void {
    for (const run of this.#received.values()) run.end({ outcome: "cancelled" });
  }

  #noteVersion(method: string, result: unknown): void {
    if (method === "initialize") this.#protocolVersion = text(fields(result)["protocolVersion"]);
  }

  #message(side: McpMessage["side"], message: Fields, isKnown: boolean): McpMessage {
    const { transport, _negotiatedProtocolVersion: negotiated } = fields(this.#protocol);
    const protocolVersion = this.#protocolVersion ?? text(negotiated);
    return { side, message, requestId: message["id"], transport, protocolVersion, isKnown };
  }

  #guarded<T>(start: (tracer: RunTracer) => T | undefined): T | undefined {
    const tracer = this.#tracerOf();
    if (!tracer.active) return undefined;
    return tracer.guard.run("starting an MCP request", () => start(tracer));
  }
}

// --- internal ---

type Settled = { readonly result: unknown } | { readonly error: unknown };

/** Through which everything is sent, in version 2 and in version 1, and which argument the message is. */
const FUNNELS = [
  ["_requestWithSchemaViaCodec", 1],
  ["request", 0],
] as const;
const NOTIFICATION_FUNNELS = [
  ["_notificationViaCodec", 1],
  ["notification", 0],
] as const;

/** `params._meta.traceparent` and so on, the names that the protocol reserves. */
function withContext(message: Fields, run?: McpRun): Fields {
  const carrier: Record<string, string> = {};
  propagation.inject(run?.context ?? otelContext.active(), carrier);
  if (Object.keys(carrier).length === 0) return message;
  const params = fields(message["params"]);
  return { ...message, params: { ...params, _meta: { ...fields(params["_meta"]), ...carrier } } };
}
