import type { Context, SpanContext } from "@opentelemetry/api";

import type { ReadContent } from "../content/content-policy.ts";
import type { OpenRun } from "../langchain/open-run.ts";
import { runOf } from "../langchain/run-context.ts";
import type { Run } from "../langchain/run-registry.ts";
import { runRegistry } from "../langchain/run-registry.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { McpRequest, RunEnd } from "../operation.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import type { WireError } from "./mcp-ending.ts";

/**
 * A request or notification that has been sent or received and is not over. A request stands among LangChain's runs for the same reason
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
  /** Somebody has been found who handles it, and who ends it. */
  isHandled = false;
  /** Is told of the end, once. */
  onEnd: (() => void) | undefined;
  readonly #span: RunSpan;
  #ended = false;

  constructor(tracer: RunTracer, request: McpRequest, parent: Context) {
    this.request = request;
    const above = runOf(parent) as OpenRun | undefined;
    const capture = above?.capture ?? tracer.capture(request);
    this.#span = new RunSpan(tracer.telemetry, request, parent, capture);
    // Not marked as a run's context: a run of LangChain's that starts in here is below this span, whatever its parent.
    this.context = this.#span.context;
    runRegistry().open(this, tracer.options);
  }

  /** What was sent or answered. Read only where content is captured. */
  say(read: ReadContent): void {
    if (!this.#ended) this.#span.say(read);
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
    this.onEnd?.();
    this.#span.end(end);
  }

  abandon(): void {
    this.end({ outcome: "abandoned" });
  }
}
