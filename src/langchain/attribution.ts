import type { EndedCall } from "../budget/usage-record.ts";
import type { Association } from "../operation.ts";
import type { OpenRun } from "./open-run.ts";

/** Who pays for a call. */
export type Attribution = Pick<
  EndedCall,
  "agentName" | "sessionId" | "tenant" | "pattern" | "runIds"
>;

/** Whose call a run is, and the runs that it is in, itself first. */
export function attributionOf(run: OpenRun): Attribution {
  const runIds: string[] = [];
  let pattern: string | undefined;
  for (let next: OpenRun | undefined = run; next !== undefined; next = next.parent) {
    if (runIds.length >= DEEPEST) break;
    runIds.push(next.id);
    const { request } = next;
    if (request !== undefined && "pattern" in request) pattern ??= request.pattern;
  }
  return {
    agentName: run.agentName,
    sessionId: sessionOf(run),
    tenant: run.association?.tenant,
    pattern,
    runIds,
  };
}

/** The application's session, where it says so, else the conversation. */
export function sessionOf({
  association,
  conversationId,
}: {
  readonly association?: Association | undefined;
  readonly conversationId?: string | undefined;
}): string | undefined {
  return association?.sessionId ?? conversationId;
}

// --- internal ---

/** A graph's own limit is 25 steps; whoever is deeper has a loop, and only the root's id is missed. */
const DEEPEST = 100;
