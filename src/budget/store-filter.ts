import { badOption, shown } from "../bad-option.ts";
import { moment, name } from "./usage-record.ts";
import type { StoreFilter, UsageFilter } from "./usage-summary.ts";

/**
 * A filter as stores get it.
 * @throws TypeError for what is none
 */
export function storeFilter(filter: UsageFilter): StoreFilter {
  if (typeof filter !== "object" || filter === null) {
    throw new TypeError(`Expected a filter such as { agentName, since }, got ${shown(filter)}`);
  }
  const { agentName, sessionId, since } = filter;
  return {
    agentName: agentName === undefined ? undefined : textOf("agentName", agentName),
    sessionId: sessionId === undefined ? undefined : textOf("sessionId", sessionId),
    since: since === undefined ? undefined : momentOf(since),
  };
}

// --- internal ---

function textOf(option: string, value: unknown): string {
  const said = name(value);
  if (said === undefined) throw badOption(option, "a non-empty string", value);
  return said;
}

function momentOf(since: Date | number): number {
  const at = typeof since === "number" ? since : (since as Partial<Date> | null)?.getTime?.();
  if (typeof at !== "number" || Number.isNaN(at)) {
    throw badOption("since", "a Date or milliseconds since 1970", since);
  }
  // What is before that is no moment of a record.
  return moment(at) === undefined ? Math.max(at, 0) : at;
}
