import { type Context, context as otelContext, propagation } from "@opentelemetry/api";

import { abortSignalOf } from "../langchain/abort-signal.ts";
import { type Fields, fields } from "../langchain/read.ts";
import type { RunEnd } from "../operation.ts";
import { mcpInput, mcpOutput } from "./mcp-content.ts";
import { answeredEnd, resultEnd, unansweredEnd, wireErrorOf } from "./mcp-ending.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";
import type { Method } from "./mcp-protocol.ts";
import { abortableBy } from "./mcp-request.ts";
import { McpRun } from "./mcp-run.ts";
import type { McpSession } from "./mcp-session.ts";

/**
 * What a client or server sends. Each request and each notification has a CLIENT span and carries its context: in a
 * copy of the message, the application's stays as it is.
 */
export class McpClientSide {
  readonly #endpoint: McpEndpoint;
  readonly #session: McpSession;
  readonly #open = new Map<unknown, McpRun>();

  constructor(endpoint: McpEndpoint, session: McpSession) {
    this.#endpoint = endpoint;
    this.#session = session;
  }

  /** @returns whether it could be attached to */
  attach(): boolean {
    const endpoint = this.#endpoint;
    const isThere = (name: string): boolean =>
      typeof fields(endpoint.protocol)[name] === "function";
    const sending = FUNNELS.find(([name]) => isThere(name));
    if (sending === undefined) return false;
    const [request, at] = sending;
    if (!endpoint.override(request, (send) => this.#requesting(send, at))) return false;
    endpoint.override("_onresponse", (receive) =>
      endpoint.before(receive, ([response]) => this.#answered(response)),
    );
    return true;
  }

  /** The transport's `send`, of a notification: the SDK sends some past its own methods, and some together. */
  notify(send: (message: unknown) => unknown, message: Fields): unknown {
    const run = this.#startNotification(message);
    if (run === undefined) return send(message);
    return settled(
      () => otelContext.with(run.context, () => send(withContext(message, run.context))),
      (ended) => {
        const end = "error" in ended ? unansweredEnd(ended.error, undefined, false) : OK;
        run.end(end);
      },
    );
  }

  /** What is under way when this side closes the connection is given up, not failed. */
  close(): void {
    for (const run of this.#open.values()) run.closed = true;
  }

  #requesting(send: Method, at: number): Method {
    const start = (args: unknown[]): McpRun | undefined => this.#startRequest(args, at);
    const settle = (run: McpRun, args: unknown[], ended: Settled): void =>
      this.#settle(run, args[at + 2], ended);
    return function (this: unknown, ...args: unknown[]) {
      const run = start(args);
      if (run === undefined) return send.apply(this, args);
      return settled(
        () => otelContext.with(run.context, () => send.apply(this, args)),
        (ended) => settle(run, args, ended),
      );
    };
  }

  #startRequest(args: unknown[], at: number): McpRun | undefined {
    const message = fields(args[at]);
    return this.#endpoint.traced((tracer) => {
      if (typeof message["method"] !== "string") return undefined;
      // The SDK numbers its requests by this; it takes the number as soon as it is called.
      const id = fields(this.#endpoint.protocol)["_requestMessageId"];
      const parent = otelContext.active();
      const request = this.#endpoint.request(SENT, { ...message, id }, tracer, parent);
      const run = new McpRun(tracer, request, parent);
      run.say(mcpInput(request, message["params"]));
      this.#open.set(id, run);
      run.onEnd = () => this.#open.delete(id);
      if (request.method === "initialize") this.#session.begin(request, tracer);
      // The tool that sends it fails with it, in words of its own: only the signal tells why.
      abortableBy(parent, args[at + 2]);
      args[at] = withContext(message, run.context);
      return run;
    });
  }

  #settle(run: McpRun, options: unknown, ended: Settled): void {
    this.#endpoint.guard(() => {
      const end = endOf(run, options, ended);
      if ("result" in ended) run.say(mcpOutput(run.request, ended.result));
      run.end(end);
      if (run.request.method !== "initialize") return;
      this.#session.begun(end, "result" in ended ? this.#endpoint.agree(ended.result) : undefined);
    });
    // Whatever went wrong in there, it has ended.
    run.end({ outcome: "abandoned" });
  }

  /** The error as it stood on the wire; the SDK will throw it in words of its own. */
  #answered(response: unknown): void {
    const run = this.#open.get(Number(fields(response)["id"]));
    if (run !== undefined) run.answered = wireErrorOf(response);
  }

  #startNotification(message: Fields): McpRun | undefined {
    return this.#endpoint.traced((tracer) => {
      // A request is taken back wherever its signal is aborted; it is the request that this belongs to.
      const { requestId } = fields(message["params"]);
      const taken = message["method"] === "notifications/cancelled" && this.#open.get(requestId);
      const parent = taken ? taken.context : otelContext.active();
      const request = this.#endpoint.request(SENT, message, tracer, parent);
      return new McpRun(tracer, request, parent);
    });
  }
}

// --- internal ---

type Settled = { readonly result: unknown } | { readonly error: unknown };

const SENT = { side: "client", isKnown: true } as const;

const OK: RunEnd = { outcome: "ok" };

/** Through which all requests are sent, in version 2 and in version 1, and which argument the message is. */
const FUNNELS = [
  ["_requestWithSchemaViaCodec", 1],
  ["request", 0],
] as const;

function endOf(run: McpRun, options: unknown, ended: Settled): RunEnd {
  if (!("error" in ended)) return resultEnd(run.request, ended.result);
  if (run.answered !== undefined) return answeredEnd("client", run.answered);
  return unansweredEnd(ended.error, abortSignalOf(options), run.closed);
}

/** What the SDK has made, as it is, and how it ended. */
function settled(make: () => unknown, settle: (ended: Settled) => void): unknown {
  try {
    const made = make();
    Promise.resolve(made).then(
      (result: unknown) => settle({ result }),
      (error: unknown) => settle({ error }),
    );
    return made;
  } catch (error) {
    settle({ error });
    throw error;
  }
}

/** `params._meta.traceparent` and so on, the names that the protocol reserves. */
function withContext(message: Fields, context: Context): Fields {
  const carrier: Record<string, string> = {};
  propagation.inject(context, carrier);
  if (Object.keys(carrier).length === 0) return message;
  const params = fields(message["params"]);
  return { ...message, params: { ...params, _meta: { ...fields(params["_meta"]), ...carrier } } };
}
