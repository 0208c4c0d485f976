import { context } from "@opentelemetry/api";

import type { ReservationRequest } from "../budget/cost-tracker.ts";
import { attributionOf, sessionOf } from "../langchain/attribution.ts";
import { commonRequest } from "../langchain/common-request.ts";
import type { OpenRun } from "../langchain/open-run.ts";
import { field, text } from "../langchain/read.ts";
import { runOf } from "../langchain/run-context.ts";
import { runRegistry } from "../langchain/run-registry.ts";
import { associationKeys } from "../options/association-keys.ts";

/** Who is about to spend, and below which run. */
export interface Spending {
  readonly spender: Pick<ReservationRequest, "agentName" | "sessionId" | "tenant" | "runId">;
  /** The run that the call will be in, where anybody follows runs. */
  readonly below: string | undefined;
}

/**
 * Whose call it will be: by the run that it will be below, as the handler or the instrumentation follows it, else by the
 * metadata of the call.
 * @param config what LangChain hands from run to run. @default that of the run that is going on
 */
export function spendingOf(config: unknown = goingOn()): Spending {
  const run = runAbove(config) ?? runAbove(goingOn()) ?? runOf(context.active());
  // Of another copy of this package it has the same members.
  const above = run as OpenRun | undefined;
  const said = { tags: field(config, "tags"), metadata: field(config, "metadata") };
  const request = commonRequest(said, undefined, above, DEFAULTS);
  return {
    spender: {
      agentName: request.agentName,
      sessionId: sessionOf(request),
      tenant: request.association?.tenant,
      runId: above === undefined ? undefined : attributionOf(above).runIds?.at(-1),
    },
    below: above?.id,
  };
}

// --- internal ---

const DEFAULTS = {
  agentName: undefined,
  conversationId: undefined,
  association: associationKeys(["session", "tenant"]),
};

/** Where LangChain keeps the configuration of the run that is going on; the symbols are those of all its copies. */
const STORAGE = Symbol.for("ls:tracing_async_local_storage");
const CONFIG = Symbol.for("lc:child_config");

function goingOn(): unknown {
  const storage = field(globalThis, STORAGE);
  const getStore = field(storage, "getStore");
  if (typeof getStore !== "function") return undefined;
  return field(field(getStore.call(storage), "extra"), CONFIG);
}

function runAbove(config: unknown): ReturnType<typeof runOf> {
  const manager = field(config, "callbacks");
  const id = text(field(manager, "_parentRunId"));
  return id === undefined ? undefined : runRegistry().parent(id);
}
