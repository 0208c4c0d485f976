import type { RunRequest } from "../operation.ts";
import type { RunMetrics } from "../telemetry/run-metrics.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * Counts the sessions that have an agent or a graph at work: by conversation, and without one by run. However a run
 * ends, its session is counted down by what counted it up.
 */
export class Sessions {
  readonly #metrics: RunMetrics;
  readonly #open = new Map<string, number>();

  constructor(metrics: RunMetrics) {
    this.#metrics = metrics;
  }

  /** @param request the run's; later, a graph may turn out to be an agent of another name */
  started(run: OpenRun, request: RunRequest | undefined): void {
    const key = keyOf(run, request);
    const runs = this.#open.get(key) ?? 0;
    this.#open.set(key, runs + 1);
    if (runs === 0) this.#metrics.session(1, request?.agentName, run.context);
  }

  /** @param request the same that it was started with */
  ended(run: OpenRun, request: RunRequest | undefined): void {
    const key = keyOf(run, request);
    const runs = this.#open.get(key) ?? 0;
    if (runs > 1) return void this.#open.set(key, runs - 1);
    this.#open.delete(key);
    this.#metrics.session(-1, request?.agentName, run.context);
  }
}

/** What has a session: agents and graphs that no other agent or graph is above. */
export function startsSession(
  request: RunRequest | undefined,
  parent: OpenRun | undefined,
): boolean {
  const works = request?.kind === "agent" || request?.kind === "workflow";
  if (!works) return false;
  for (let above = parent; above !== undefined; above = above.parent) {
    if (above.kind === "agent" || above.kind === "workflow") return false;
  }
  return true;
}

// --- internal ---

/** With the agent, whose attribute the count has: up and down must meet. */
function keyOf({ id }: OpenRun, request: RunRequest | undefined): string {
  return JSON.stringify([request?.agentName, request?.conversationId ?? id]);
}
