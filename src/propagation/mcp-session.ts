import { runRegistry } from "../langchain/run-registry.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { McpRequest, RunEnd } from "../operation.ts";
import { elapsedMs, type Moment, now } from "../telemetry/clock.ts";

/**
 * The session of a client or server: from `initialize` to the end of the connection, measured once. A session that
 * began before we were there is not measured: nobody knows how long it has been.
 */
export class McpSession {
  #open: OpenSession | undefined;

  /** `initialize` is sent or has been received: a session begins, and one that was there before is over. */
  begin(request: McpRequest, tracer: RunTracer): void {
    this.end();
    // Over HTTP and without an id, each request stands alone: what answers it knows of no session.
    const isAlone = request.protocolName === "http" && request.sessionId === undefined;
    if (request.side === "server" && isAlone) return;
    this.#open = new OpenSession(request, tracer);
  }

  /** `initialize` has been answered, or has failed, which is the end of it. */
  begun(end: RunEnd, protocolVersion: string | undefined): void {
    if (end.outcome === "error") return this.end(end.failure?.type ?? "_OTHER");
    if (this.#open !== undefined) this.#open.protocolVersion = protocolVersion;
  }

  /** This side closes the connection. */
  close(): void {
    this.end();
  }

  /** The connection is gone. A server's clients come and go; a client's server should not. */
  lost(): void {
    this.end(this.#open?.side === "client" ? "ConnectionClosed" : undefined);
  }

  end(errorType?: string): void {
    this.#open?.end(errorType);
    this.#open = undefined;
  }
}

// --- internal ---

/** What outlives the connection if nobody closes it: it knows neither client nor server. */
class OpenSession {
  readonly #request: McpRequest;
  readonly #tracer: RunTracer;
  readonly #start: Moment = now();
  readonly #forget: () => void;
  protocolVersion: string | undefined;
  #isOver = false;

  constructor(request: McpRequest, tracer: RunTracer) {
    this.#request = request;
    this.#tracer = tracer;
    this.#forget = runRegistry().atEnd(() => this.end());
  }

  get side(): McpRequest["side"] {
    return this.#request.side;
  }

  end(errorType?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    const { telemetry, guard } = this.#tracer;
    const { side, transport, protocolName, server } = this.#request;
    const { protocolVersion } = this;
    const session = { side, transport, protocolName, server, protocolVersion, errorType };
    guard.run("recording an MCP session", () =>
      telemetry.metrics?.mcpSession(session, elapsedMs(this.#start) / 1000),
    );
  }
}
