import { context as otelContext, type Context } from "@opentelemetry/api";

import { genAiDialect } from "../dialects/gen-ai.ts";
import type { ModelRequest } from "../operation.ts";
import type { HandlerOptions, ResolvedOptions } from "../options.ts";
import { resolveOptions } from "../options.ts";
import { genAiNames } from "../semconv/gen-ai.ts";
import { Guard } from "../telemetry/guard.ts";
import { ModelMetrics } from "../telemetry/model-metrics.ts";
import { ModelSpan, type ModelTelemetry } from "../telemetry/model-span.ts";
import { ProviderSource } from "../telemetry/provider-source.ts";
import {
  commonParameters,
  conversationId,
  type ModelCall,
  modelCall,
  type ModelCallArguments,
  retryAttempt,
} from "./model-call.ts";
import { holderOf, withoutHolder } from "./model-holder.ts";
import { ModelRun } from "./model-run.ts";
import { providerFor } from "./providers/index.ts";
import type { Provider } from "./providers/provider.ts";
import { fields } from "./read.ts";
import { type RunRegistry, runRegistry } from "./run-registry.ts";
import { serverOf } from "./server.ts";

/** A model call that starts. */
export interface ModelStart extends ModelCallArguments {
  readonly operation: ModelRequest["operation"];
  readonly runId: string;
  /** There is no run of LangChain's behind it: a direct stream. The id is ours and not written. */
  readonly direct?: boolean;
  /** @default the active context */
  readonly parent?: Context | undefined;
}

/**
 * Follows runs from LangChain's callbacks to spans and metrics. The handler and the instrumentation both drive one of
 * these; they meet in the process-wide registry, so that a run has one span whoever reports it. Synchronous
 * throughout: LangChain awaits it, and the application waits with LangChain.
 */
export class RunTracer {
  readonly source: ProviderSource;
  readonly options: ResolvedOptions;
  /** Whether any signal is on. */
  readonly active: boolean;
  readonly guard: Guard = new Guard();
  readonly #registry: RunRegistry = runRegistry();
  readonly #telemetry: ModelTelemetry;

  constructor(options: HandlerOptions = {}) {
    this.options = resolveOptions(options);
    const { semconv, metricPrefix, metrics, tracing, spanNames, attributes } = this.options;
    this.source = new ProviderSource(this.options);
    this.active = this.options.enabled && (tracing || metrics);
    this.#telemetry = {
      source: this.source,
      metrics: metrics
        ? new ModelMetrics(() => this.source.meter(), semconv, metricPrefix)
        : undefined,
      dialects: [genAiDialect(genAiNames(semconv))],
      tracing,
      spanNames,
      staticAttributes: attributes,
      guard: this.guard,
    };
  }

  /** Opens the call's span, under the active context's. Answers the run, when it has one. */
  modelStart(start: ModelStart): ModelRun | undefined {
    if (!this.active) return undefined;
    return this.guard.run("starting a model run", () => {
      const parent = start.parent ?? otelContext.active();
      const holder = holderOf(parent);
      const run = this.#modelStart({ ...start, parent, model: start.model ?? holder?.model });
      if (holder !== undefined) holder.run ??= run;
      return run;
    });
  }

  modelChunk(runId: string, message: unknown): void {
    this.modelRun(runId)?.chunkByCallback(message);
  }

  modelEvent(runId: string, event: unknown): void {
    this.modelRun(runId)?.eventByCallback(event);
  }

  modelEnd(runId: string, output: unknown, extraParams: unknown): void {
    this.modelRun(runId)?.end(output, extraParams);
  }

  modelError(runId: string, error: unknown): void {
    this.modelRun(runId)?.fail(error);
  }

  /** The open run of that id. */
  modelRun(runId: string): ModelRun | undefined {
    const run = this.#registry.get(runId);
    // Not instanceof: the run may be of another copy of this package.
    return run?.kind === "model" ? (run as ModelRun) : undefined;
  }

  #modelStart(start: ModelStart & { readonly parent: Context }): ModelRun {
    const { extraParams, runId, parent } = start;
    const identity =
      typeof extraParams === "object" && extraParams !== null ? extraParams : undefined;
    const open = this.modelRun(runId);
    if (open?.isCopyOf(identity) === true) return open;
    // The same id a second time: the first run can no longer be told from the second.
    open?.abandon();
    const call = modelCall(start);
    const provider = providerFor(call);
    const request = this.#request(start, call, provider);
    const run = new ModelRun({
      id: runId,
      request,
      provider,
      span: new ModelSpan(this.#telemetry, request, withoutHolder(parent)),
      registry: this.#registry,
      guard: this.guard,
      signal: signalOf(extraParams),
      identity,
    });
    this.#registry.open(run, this.options);
    return run;
  }

  #request(
    { operation, runId, direct }: ModelStart,
    call: ModelCall,
    provider: Provider,
  ): ModelRequest {
    return {
      operation,
      runId: direct === true ? undefined : runId,
      provider: provider.providerName(call),
      server: serverOf(provider.endpoint?.(call)),
      conversationId: conversationId(call) ?? this.options.conversationId,
      agentName: this.options.agentName,
      retryAttempt: retryAttempt(call),
      ...commonParameters(call),
      ...provider.request?.(call),
    };
  }
}

// --- internal ---

function signalOf(extraParams: unknown): AbortSignal | undefined {
  const signal = fields(fields(extraParams)["options"])["signal"];
  const usable =
    typeof fields(signal)["addEventListener"] === "function" &&
    typeof fields(signal)["aborted"] === "boolean";
  return usable ? (signal as AbortSignal) : undefined;
}
