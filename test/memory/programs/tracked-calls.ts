/**
 * Has a tracker record calls, and prints as JSON how much the heap has grown over them, and from the half on.
 * Started with `--expose-gc`: `node --expose-gc tracked-calls.ts <how many>`.
 */
import { CostTracker } from "../../../src/budget/cost-tracker.ts";

const calls = Number(process.argv[2]);
const tracker = new CostTracker();
tracker.setBudget("*", { maxUsd: 1e6, per: "run" });
tracker.setBudget("*", { maxUsd: 1e6, per: "hour" });
const START = Date.UTC(2026, 0, 1);

/** Each in a session and a run of its own, half a second after the one before. */
function record(from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const id = `${at}`;
    // Every second one is never ended by anybody.
    if (at % 2 === 0) tracker.reserve({ id: `${id}?`, estimate: 0.01, runId: id });
    else tracker.reserve({ id, estimate: 0.01, runId: id });
    tracker.record({
      agentName: `agent ${at % 20}`,
      sessionId: `session ${at}`,
      provider: "openai",
      model: `model ${at % 10}`,
      inputTokens: 1000,
      outputTokens: 100,
      cost: { usd: 0.001, parts: { input: 0.0005, output: 0.0005 } },
      latencyMs: 100,
      timestamp: START + at * 500,
      traceId: id,
      runIds: [id],
    });
  }
}

/** Of what is still reachable when all that can be collected is. */
async function heap(): Promise<number> {
  for (let time = 0; time < 4; time++) {
    globalThis.gc?.();
    await new Promise((resolve) => void setTimeout(resolve, 0));
  }
  return process.memoryUsage().heapUsed;
}

const before = await heap();
record(0, calls / 2);
const half = await heap();
record(calls / 2, calls);
const after = await heap();

console.log(
  JSON.stringify({
    calls: tracker.getUsageSummary().numCalls,
    cost: tracker.getTotalCost(),
    recent: tracker.getUsageSummary({ since: START + (calls - 1000) * 500 }).numCalls,
    kept: tracker.records().length,
    grown: after - before,
    grownInSecondHalf: after - half,
  }),
);
