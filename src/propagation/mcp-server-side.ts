import {
  context as otelContext,
  isSpanContextValid,
  type SpanContext,
  trace,
} from "@opentelemetry/api";

import { failureOf } from "../langchain/errors/failure.ts";
import { type Fields, fields, text } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { extract } from "./carrier.ts";
import { mcpInput, mcpOutput } from "./mcp-content.ts";
import { answeredEnd, resultEnd, wireErrorOf } from "./mcp-ending.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";
import { type Method, overrideMethod } from "./mcp-protocol.ts";
import { McpRun } from "./mcp-run.ts";
import type { McpSession } from "./mcp-session.ts";

/** What a client or server receives. Each request and each notification has a SERVER span below the sender's. */
export class McpServerSide {
  readonly #endpoint: McpEndpoint;
  readonly #session: McpSession;
  readonly #open = new Map<unknown, McpRun>();
  /** The notification for which the SDK is looking for a handler. */
  #arriving: McpRun | undefined;

  constructor(endpoint: McpEndpoint, session: McpSession) {
    this.#endpoint = endpoint;
    this.#session = session;
  }

  attach(): void {
    const endpoint = this.#endpoint;
    endpoint.override("_onrequest", (receive) => this.#receiving(receive));
    endpoint.override("_onnotification", (receive) => this.#notified(receive));
    const { _notificationHandlers: handlers } = fields(endpoint.protocol);
    if (handlers instanceof Map) overrideMethod(handlers, "get", (get) => this.#finding(get));
  }

  /** A message that is sent and is no request may be the answer to one that was received. */
  answer(message: Fields): void {
    const run = this.#open.get(message["id"]);
    if (run === undefined) return;
    const error = wireErrorOf(message);
    const end = error ? answeredEnd("server", error) : resultEnd(run.request, message["result"]);
    if (!error) run.say(mcpOutput(run.request, message["result"]));
    run.end(end);
    if (run.request.method !== "initialize") return;
    this.#session.begun(end, error ? undefined : this.#endpoint.agree(message["result"]));
  }

  /** With the connection gone, nobody waits for an answer any more. */
  lost(): void {
    for (const run of this.#open.values()) run.end({ outcome: "cancelled" });
  }

  #receiving(receive: Method): Method {
    const start = (args: unknown[]): McpRun | undefined => this.#startRequest(args);
    return function (this: unknown, ...args: unknown[]) {
      const run = start(args);
      if (run === undefined) return receive.apply(this, args);
      return otelContext.with(run.context, () => receive.apply(this, args));
    };
  }

  #startRequest([received, extra]: unknown[]): McpRun | undefined {
    const message = fields(received);
    return this.#endpoint.traced((tracer) => {
      const { id } = message;
      this.#open.get(id)?.abandon();
      const run = this.#start(message, extra, tracer, "_requestHandlers", "fallbackRequestHandler");
      this.#open.set(id, run);
      run.onEnd = () => this.#open.delete(id);
      if (run.request.method === "initialize") this.#session.begin(run.request, tracer);
      return run;
    });
  }

  #start(
    message: Fields,
    extra: unknown,
    tracer: RunTracer,
    ...[known, fallback]: [string, string]
  ): McpRun {
    const ambient = trace.getSpanContext(otelContext.active());
    const parent = extract(message, { format: "jsonrpc" });
    const { [known]: handlers, [fallback]: anyHandler } = fields(this.#endpoint.protocol);
    const isKnown =
      typeof anyHandler === "function" ||
      !(handlers instanceof Map) ||
      handlers.has(message["method"]);
    const seen = { side: "server", isKnown, protocolVersion: versionIn(extra) } as const;
    const run = new McpRun(tracer, this.#endpoint.request(seen, message, tracer, parent), parent);
    run.say(mcpInput(run.request, message["params"]));
    // The HTTP request that brought it is not its parent any more, but belongs to it.
    if (isOther(ambient, trace.getSpanContext(parent))) run.linkTo(ambient);
    return run;
  }

  #notified(receive: Method): Method {
    const start = ([received, extra]: unknown[]): McpRun | undefined =>
      this.#startNotification(fields(received), extra);
    const arrive = (run: McpRun | undefined): void => void (this.#arriving = run);
    return function (this: unknown, ...args: unknown[]) {
      const run = start(args);
      if (run === undefined) return receive.apply(this, args);
      arrive(run);
      try {
        return otelContext.with(run.context, () => receive.apply(this, args));
      } finally {
        arrive(undefined);
        if (!run.isHandled) run.end({ outcome: "ok" });
      }
    };
  }

  #startNotification(message: Fields, extra: unknown): McpRun | undefined {
    return this.#endpoint.traced((tracer) => {
      // What the sender has taken back is not answered.
      if (message["method"] === "notifications/cancelled")
        this.#open.get(fields(message["params"])["requestId"])?.end({ outcome: "cancelled" });
      const [known, fallback] = ["_notificationHandlers", "fallbackNotificationHandler"];
      return this.#start(message, extra, tracer, known, fallback);
    });
  }

  /** Nothing tells when a notification has been handled but its handler, which the SDK looks for and calls later. */
  #finding(get: Method): Method {
    const arriving = (): McpRun | undefined => this.#arriving;
    return function (this: unknown, ...args: unknown[]) {
      const handler = get.apply(this, args);
      const run = arriving();
      if (run === undefined || typeof handler !== "function") return handler;
      run.isHandled = true;
      return async (...given: unknown[]) => {
        try {
          const result: unknown = await (handler as Method)(...given);
          run.end({ outcome: "ok" });
          return result;
        } catch (error) {
          run.end({ outcome: "error", failure: failureOf(error) });
          throw error;
        }
      };
    };
  }
}

// --- internal ---

function isOther(
  ambient: SpanContext | undefined,
  parent: SpanContext | undefined,
): ambient is SpanContext {
  return ambient !== undefined && isSpanContextValid(ambient) && ambient.spanId !== parent?.spanId;
}

/** Over HTTP each request says it, in a header: of version 1's transports a plain object, of version 2's a `Headers`. */
function versionIn(extra: unknown): string | undefined {
  const name = "mcp-protocol-version";
  const plain = text(fields(fields(fields(extra)["requestInfo"])["headers"])[name]);
  if (plain !== undefined) return plain;
  const { headers } = fields(fields(extra)["request"]);
  return headers instanceof Headers ? text(headers.get(name)) : undefined;
}
