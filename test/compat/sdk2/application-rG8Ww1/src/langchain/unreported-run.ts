import type { Context } from "@opentelemetry/api";

import type { CheckpointRequest, MemoryRequest } from "../operation.ts";
import { RunSpan } from "../telemetry/run-span.ts";
import { OpenRun } from "./open-run.ts";
import { runOf } from "./run-context.ts";
import { withoutHolder } from "./run-holder.ts";
import { runRegistry } from "./run-registry.ts";
import type { RunTracer } from "./run-tracer.ts";

/** Opens a run that LangChain does not report. It belongs to the agent and the conversation of the run it is inside of. */
export function unreportedRun(
  tracer: RunTracer,
  asked: CheckpointRequest | MemoryRequest,
  context: Context,
): OpenRun | undefined {
  if (!tracer.active) return undefined;
  const startedIn = withoutHolder(context);
  const parent = runOf(startedIn) as OpenRun | undefined;
  const request = {
    ...asked,
    conversationId: parent?.conversationId ?? tracer.options.conversationId,
    agentName: parent?.agentName ?? tracer.options.agentName,
  };
  const registry = runRegistry();
  const run = new OpenRun({
    id: crypto.randomUUID(),
    request,
    parent,
    startedIn,
    span: new RunSpan(tracer.telemetry, request, startedIn),
    registry,
    guard: tracer.guard,
    signal: undefined,
    identity: undefined,
  });
  registry.open(run, tracer.options);
  return run;
}
