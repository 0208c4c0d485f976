import { toStandardOutput } from "../../console/standard-output.ts";
import type { CapturedTrace } from "../capture/captured-trace.ts";
import type { TraceCollector } from "./trace-collector.ts";

/** Prints each trace as one line of JSON. */
export class StdoutCollector implements TraceCollector {
  collect(trace: CapturedTrace): void {
    toStandardOutput(`${JSON.stringify(trace)}\n`);
  }
}
