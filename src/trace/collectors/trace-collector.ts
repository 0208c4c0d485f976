import type { CapturedTrace } from "../capture/captured-trace.ts";

/** Takes traces that are complete: prints them, keeps them, passes them on. */
export interface TraceCollector {
  /** Comes back at once; whatever goes wrong in it does not reach the work that was captured. */
  collect(trace: CapturedTrace): void;
}
