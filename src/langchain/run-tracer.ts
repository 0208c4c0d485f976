import type { Context } from "@opentelemetry/api";
import { context as otelContext } from "@opentelemetry/api";

import { captureMode, type CaptureMode } from "../content/capture.ts";
import type { ReadContent } from "../content/content-policy.ts";
import type { CommonRequest, ModelRequest, RunEnd, RunRequest } from "../operation.ts";
import { type HandlerOptions, resolveOptions, type ResolvedOptions } from "../options.ts";
import { Guard } from "../telemetry/guard.ts";
import { LogSource } from "../telemetry/log-source.ts";
import { ProviderSource } from "../telemetry/provider-source.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import { runTelemetry, type RunTelemetry } from "../telemetry/run-telemetry.ts";
import { abortSignalOf } from "./abort-signal.ts";
import { type ChainArguments, chainRequest, settledRequest } from "./chain-request.ts";
import { commonRequest } from "./common-request.ts";
import { instructionsApart } from "./content/model-content.ts";
import { warnOfLangSmith } from "./langsmith-otel.ts";
import { commonParameters, modelCall, type ModelCallArguments } from "./model-call.ts";
import { ModelRun } from "./model-run.ts";
import { OpenRun } from "./open-run.ts";
import { reportedElsewhere } from "./other-instrumentation.ts";
import { providerFor } from "./providers/index.ts";
import { fields, text, texts } from "./read.ts";
import { resumes } from "./resumes.ts";
import { retrieverRequest } from "./retriever-request.ts";
import { contextBelow, runOf } from "./run-context.ts";
import { holderOf, type RunHolder, withoutHolder } from "./run-holder.ts";
import { type RunRegistry, runRegistry } from "./run-registry.ts";
import { serverOf } from "./server.ts";
import { Sessions, startsSession } from "./sessions.ts";
import { toolRequest } from "./tool-request.ts";

/** Who starts, below whom. */
export interface RunStart {
  readonly runId: string;
  readonly parentRunId?: string | undefined;
  /** What goes in. Read only where content is captured. */
  readonly content?: ReadContent | undefined;
}

/** A model call that starts. */
export interface ModelStart extends RunStart, ModelCallArguments {
  readonly operation: ModelRequest["operation"];
  /** There is no run of LangChain's behind it: a direct stream. The id is ours and not written. */
  readonly direct?: boolean;
  /** @default the context below the parent run */
  readonly parent?: Context | undefined;
}

/** A chain, tool or retriever that starts. */
export interface OtherStart extends RunStart, ChainArguments {
  readonly toolCallId?: unknown;
}

/**
 * Follows runs from LangChain's callbacks to spans and metrics. The handler and the instrumentation both drive one of
 * these; they meet in the process-wide registry, so that a run has one span whoever reports it. Synchronous
 * throughout: LangChain awaits it, and the application waits with LangChain.
 */
export class RunTracer {
  readonly source: ProviderSource;
  readonly logs: LogSource;
  readonly options: ResolvedOptions;
  /** Whether any signal is on. */
  readonly active: boolean;
  readonly guard: Guard = new Guard();
  readonly #registry: RunRegistry = runRegistry();
  /** How runs are written, for those that LangChain does not report. */
  readonly telemetry: RunTelemetry;
  /** Absent without metrics. */
  readonly sessions: Sessions | undefined;
  readonly #resumes = resumes();

  constructor(options: HandlerOptions = {}) {
    this.options = resolveOptions(options);
    this.source = new ProviderSource(this.options);
    this.logs = new LogSource(this.options.loggerProvider);
    this.active = this.options.enabled && (this.options.tracing || this.options.metrics);
    if (this.active && this.options.tracing) warnOfLangSmith();
    this.telemetry = runTelemetry(this.options, this.source, this.logs, this.guard);
    const { metrics } = this.telemetry;
    this.sessions = metrics === undefined ? undefined : new Sessions(metrics);
  }

  /** The open run of that id. */
  run(runId: string | undefined): OpenRun | undefined {
    return runId === undefined ? undefined : (this.#registry.get(runId) as OpenRun | undefined);
  }

  /** The open model call of that id. */
  modelRun(runId: string): ModelRun | undefined {
    const run = this.#registry.get(runId);
    // Not instanceof: the run may be of another copy of this package.
    return run?.kind === "model" ? (run as ModelRun) : undefined;
  }

  /** Opens a model call's span. Answers the run, when it has one. */
  modelStart(start: ModelStart): ModelRun | undefined {
    if (!this.active) return undefined;
    return this.guard.run("starting a model run", () => {
      const holder = holderOf(start.parent ?? otelContext.active(), "model");
      const run = this.#modelStart({ ...start, model: start.model ?? holder?.subject });
      if (holder !== undefined) holder.run ??= run;
      return run;
    });
  }

  /** Opens a chain's run: an agent, a graph, a node, or any other, which may have no span. */
  chainStart(start: OtherStart): OpenRun | undefined {
    return this.#otherStart(start, "chain", (common, parent, subject) => {
      const isRoot = start.parentRunId === undefined;
      const request = chainRequest(start, common, { isRoot, subject }, this.options);
      const settled = settledRequest(parent?.request, request);
      if (settled === undefined || request === undefined) return request;
      parent?.become(settled);
      return { ...request, agentName: settled.agentName };
    });
  }

  toolStart(start: OtherStart): OpenRun | undefined {
    return this.#otherStart(start, "tool", (common, _parent, tool) =>
      toolRequest(start, common, tool),
    );
  }

  retrieverStart(start: OtherStart): OpenRun | undefined {
    return this.#otherStart(start, "retriever", (common) => retrieverRequest(start, common));
  }

  /** What came out of a run. Read only where content is captured. */
  say(runId: string, read: ReadContent): void {
    this.run(runId)?.say(read);
  }

  succeed(runId: string, more?: () => Partial<RunEnd>): void {
    this.run(runId)?.succeed(more);
  }

  fail(runId: string, error: unknown): void {
    this.run(runId)?.fail(error);
  }

  /** LangGraph tells of a graph that waits for a person, … */
  interrupted(event: unknown): void {
    this.guard.run("noting an interrupt", () => {
      const { runId, checkpointId, interrupts } = fields(event);
      const run = this.run(text(runId));
      run?.interrupt(Array.isArray(interrupts) ? interrupts.length : 0);
      const place = { checkpointId: text(checkpointId), thread: run?.thread };
      this.#resumes.interrupted(place, run?.spanContext);
    });
  }

  /** … and of one that goes on from there, in a trace of its own. */
  resumed(event: unknown): void {
    this.guard.run("noting a resume", () => {
      const { runId, checkpointId } = fields(event);
      const run = this.run(text(runId));
      const place = { checkpointId: text(checkpointId), thread: run?.thread };
      run?.linkTo(this.#resumes.resumed(place));
    });
  }

  #modelStart(start: ModelStart): ModelRun {
    const { runId, extraParams } = start;
    const identity = objectOf(extraParams);
    const open = this.#sameRun(runId, identity);
    if (open?.kind === "model") return open as ModelRun;
    const call = modelCall(start);
    const provider = providerFor(call);
    const parent = this.#parent(start.parentRunId, start.parent);
    const startedIn = withoutHolder(start.parent ?? contextBelow(parent));
    const asked: ModelRequest = {
      kind: "model",
      operation: start.operation,
      ...commonRequest(start, start.direct === true ? undefined : runId, parent, this.options),
      provider: provider.providerName(call),
      server: serverOf(provider.endpoint?.(call)),
      ...commonParameters(call),
      ...provider.request?.(call),
    };
    const request = { ...asked, reportedElsewhere: reportedElsewhere(this, start.model, asked) };
    const run = new ModelRun({
      id: runId,
      request,
      provider,
      parent,
      startedIn,
      span: new RunSpan(this.telemetry, request, startedIn, this.capture(request, start)),
      registry: this.#registry,
      guard: this.guard,
      signal: abortSignalOf(fields(extraParams)["options"]),
      identity,
    });
    this.#registry.open(run, this.options);
    const { content } = start;
    if (content !== undefined) {
      const apart = provider.instructionsApart === true;
      run.say(apart ? (reading) => instructionsApart(content(reading)) : content);
    }
    return run;
  }

  #otherStart(
    start: OtherStart,
    kind: RunHolder["kind"],
    requestOf: (
      common: CommonRequest,
      parent: OpenRun | undefined,
      subject: object | undefined,
    ) => RunRequest | undefined,
  ): OpenRun | undefined {
    if (!this.active) return undefined;
    return this.guard.run("starting a run", () => {
      const identity = objectOf(start.serialized);
      const open = this.#sameRun(start.runId, identity);
      if (open !== undefined) return open;
      const parent = this.#parent(start.parentRunId);
      const holder = holderOf(otelContext.active(), kind);
      const common = commonRequest(start, start.runId, parent, this.options);
      const request = requestOf(common, parent, holder?.subject);
      const startedIn = withoutHolder(contextBelow(parent));
      const isTopmost = startsSession(request, parent);
      const run = new OpenRun({
        id: start.runId,
        request,
        parent,
        startedIn,
        span:
          request === undefined
            ? undefined
            : new RunSpan(this.telemetry, request, startedIn, this.capture(request, start)),
        registry: this.#registry,
        guard: this.guard,
        signal: holder?.signal,
        identity,
        isTopmost,
        onEnd: isTopmost ? (ended) => this.#topmostEnded(ended, request) : undefined,
      });
      this.#registry.open(run, this.options);
      if (start.content !== undefined) run.say(start.content);
      if (isTopmost) this.sessions?.started(run, request);
      if (holder !== undefined) holder.run ??= run;
      return run;
    });
  }

  #topmostEnded(run: OpenRun, request: RunRequest | undefined): void {
    if (!run.waits) this.#resumes.done(run.thread);
    this.sessions?.ended(run, request);
  }

  /** Whether what a run says is written. */
  capture(
    request: RunRequest,
    { metadata, tags }: { readonly metadata?: unknown; readonly tags?: unknown } = {},
  ): CaptureMode {
    return captureMode(this.options.captureContent, fields(metadata), () => ({
      kind: request.kind,
      provider: "provider" in request ? request.provider : undefined,
      model: "model" in request ? request.model : undefined,
      name: "name" in request ? request.name : "node" in request ? request.node : undefined,
      agentName: request.agentName,
      conversationId: request.conversationId,
      metadata: fields(metadata),
      tags: texts(tags) ?? [],
    }));
  }

  /** What LangChain knows of nothing above belongs to the run in whose context it was asked for. */
  #parent(runId: string | undefined, asked: Context = otelContext.active()): OpenRun | undefined {
    return (runId === undefined ? runOf(asked) : this.#registry.parent(runId)) as
      | OpenRun
      | undefined;
  }

  /** The run that is open under this id, when it is this very start. Any other is ended: it cannot be told apart. */
  #sameRun(runId: string, identity: object | undefined): OpenRun | undefined {
    const open = this.run(runId);
    if (open === undefined || open.isCopyOf(identity)) return open;
    open.abandon();
    return undefined;
  }
}

// --- internal ---

function objectOf(value: unknown): object | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}
