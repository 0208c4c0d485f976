import { context } from "@opentelemetry/api";

import type { ModelRun } from "../langchain/model-run.ts";
import { bindGenerator } from "./bind-generator.ts";

/**
 * The stream of a run that LangChain reports by callbacks: it runs in the run's context, its chunks are timed as they
 * pass, and a consumer that leaves ends the run, of which no callback tells.
 *
 * @param pass tells the run of each value
 */
export function runStream(
  run: ModelRun,
  make: () => unknown,
  pass: (value: unknown) => void,
): unknown {
  const counts = run.watch();
  return bindGenerator(context.with(run.context, make), run.context, {
    ...(counts ? { value: pass } : {}),
    left: () => run.leave(),
  });
}
