import type { Context, SpanContext } from "@opentelemetry/api";

import type { Run } from "../langchain/run-registry.ts";
import { runRegistry } from "../langchain/run-registry.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { McpRequest, RunEnd } from "../operation.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import type { WireError } from "./mcp-ending.ts";

/**
 * A request that has been sent or received and not been answered. It stands among LangChain's runs for the same reason
 * that they do: an answer may never come, and then its time ends it.
 */
export class McpRun implements Run {
  readonly id: string = crypto.randomUUID();
  readonly kind = "mcp";
  readonly owner: Run | undefined = undefined;
  readonly startedAt: number = performance.now();
  readonly request: McpRequest;
  readonly context: Context;
  /** The error that was answered, which the SDK will throw in its own words. */
  answered: WireError | undefined;
  /** This side closed the connection meanwhile. */
  closed = false;
  readonly #span: RunSpan;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(tracer: RunTracer, request: McpRequest, parent: Context, onEnd: () => void) {
    this.request = request;
    this.#span = new RunSpan(tracer.telemetry, request, parent);
    this.#onEnd = onEnd;
    // Not marked as a run's context: a run of LangChain's that starts in here is below this span, whatever its parent.
    this.context = this.#span.context;
    runRegistry().open(this, tracer.options);
  }

  /** Another span that it has to do with. */
  linkTo(context: SpanContext): void {
    this.#span.addLink({ context });
  }

  /** Ends it, once. */
  end(end: RunEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    runRegistry().close(this);
    this.#onEnd();
    this.#span.end(end);
  }

  abandon(): void {
    this.end({ outcome: "abandoned" });
  }
}
