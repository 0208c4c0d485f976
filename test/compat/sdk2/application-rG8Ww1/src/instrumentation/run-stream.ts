import { context } from "@opentelemetry/api";

import type { ModelRun } from "../langchain/model-run.ts";
import { bindGenerator } from "./bind-generator.ts";

/**
 * What a model streams for a run that LangChain reports by callbacks: it runs in the run's context, and its chunks are
 * timed as they pass.
 *
 * @param pass tells the run of each value
 */
export function runStream(
  run: ModelRun,
  make: () => unknown,
  pass: (value: unknown) => void,
): unknown {
  const counts = run.watch();
  return bindGenerator(context.with(run.context, make), run.context, counts ? { value: pass } : {});
}
