import { runRegistry } from "../langchain/run-registry.ts";
import type { Guard } from "../telemetry/guard.ts";

/**
 * Ends the runs that are still open when the process has nothing more to do: nothing can go on with them, and an SDK of the
 * application's own does not know of them. Before all other listeners, so that whoever flushes there has their spans; and
 * once, so that nobody who counts listeners waits for us.
 *
 * @returns takes the listener away
 */
export function endRunsWithProcess(guard: Guard): () => void {
  const end = (): void => {
    guard.run("ending the open runs", () => runRegistry().abandonAll());
  };
  process.prependOnceListener("beforeExit", end);
  return () => void process.off("beforeExit", end);
}
