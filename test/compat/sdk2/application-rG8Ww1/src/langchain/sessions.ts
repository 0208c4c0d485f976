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

  started(run: OpenRun): void {
    const key = keyOf(run);
    const runs = this.#open.get(key) ?? 0;
    this.#open.set(key, runs + 1);
    if (runs === 0) this.#metrics.session(1, run.request?.agentName, run.context);
  }

  ended(run: OpenRun): void {
    const key = keyOf(run);
    const runs = this.#open.get(key) ?? 0;
    if (runs > 1) return void this.#open.set(key, runs - 1);
    this.#open.delete(key);
    this.#metrics.session(-1, run.request?.agentName, run.context);
  }
}

// --- internal ---

/** With the agent, whose attribute the count has: up and down must meet. */
function keyOf({ id, request }: OpenRun): string {
  return JSON.stringify([request?.agentName, request?.conversationId ?? id]);
}
