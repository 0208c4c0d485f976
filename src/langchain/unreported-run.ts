import type { Context } from "@opentelemetry/api";

import type { CheckpointRequest, MemoryRequest, RunRequest } from "../operation.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import { OpenRun, type OpenRunParts } from "./open-run.ts";
import { runOf } from "./run-context.ts";
import { withoutHolder } from "./run-holder.ts";
import { runRegistry } from "./run-registry.ts";
import type { RunTracer } from "./run-tracer.ts";
import { startsSession } from "./sessions.ts";

/**
 * Opens a run that LangChain does not report. It belongs to the run in whose context it is made, and to that one's agent
 * and conversation.
 */
export function unreportedRun(
  tracer: RunTracer,
  asked: CheckpointRequest | MemoryRequest,
  context: Context,
): OpenRun | undefined {
  return openUnreported(tracer, asked, context, (parts) => new OpenRun(parts));
}

/** The same for a run of a class of its own, which `make` makes. */
export function openUnreported<R extends OpenRun>(
  tracer: RunTracer,
  asked: RunRequest,
  context: Context,
  make: (parts: OpenRunParts) => R,
): R | undefined {
  const { active, guard, options } = tracer;
  if (!active) return undefined;
  const startedIn = withoutHolder(context);
  const parent = runOf(startedIn) as OpenRun | undefined;
  const request = {
    ...asked,
    conversationId: asked.conversationId ?? parent?.conversationId ?? options.conversationId,
    agentName: asked.agentName ?? parent?.agentName ?? options.agentName,
    association: parent?.association,
  };
  // Below a run of a handler's, whose options may be others.
  const telemetry = parent?.telemetry ?? tracer.telemetry;
  const isSession = startsSession(request, parent);
  const registry = runRegistry();
  const run = make({
    id: crypto.randomUUID(),
    request,
    parent,
    startedIn,
    span: new RunSpan(telemetry, request, startedIn, parent?.capture ?? tracer.capture(request)),
    registry,
    guard,
    signal: undefined,
    identity: undefined,
    onEnd: isSession ? (ended) => tracer.sessions?.ended(ended, request) : undefined,
  });
  registry.open(run, options);
  if (isSession) tracer.sessions?.started(run, request);
  return run;
}
