import { CostTracker } from "../../src/budget/cost-tracker.ts";
import { reportCall } from "../../src/langchain/call-report.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import type { OpenRun } from "../../src/langchain/open-run.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import type { ModelRequest, Usage } from "../../src/operation.ts";

/** Every call of the samples, 2540 tokens in and 60 out, costs this. */
export const CALL_USD = 0.00314;

export function pricedTracker(): CostTracker {
  return new CostTracker({ prices: { openai: { "*": { input: 1, output: 10 } } } });
}

/** Callbacks that follow runs and tell a tracker of each model call that ends. */
export function recording(tracker: CostTracker): object[] {
  const ended = (runId: string, outcome: "ok" | "error", usage?: Usage): void => {
    const run = runRegistry().get(runId) as OpenRun | undefined;
    if (run?.request?.kind !== "model") throw new Error(`No model run ${runId}`);
    const request: ModelRequest = run.request;
    const response = { model: "gpt-5.4-mini", usage };
    const cost = tracker.pricing.costOf(request, response, usage);
    reportCall(tracker, run, request, { outcome, response, cost }, 1);
  };
  return [
    {
      name: "recording",
      awaitHandlers: true,
      handleLLMEnd: (output: Answer, runId: string) => {
        const usage = output.generations[0]?.[0]?.message.usage_metadata;
        ended(runId, "ok", {
          inputTokens: usage?.input_tokens,
          outputTokens: usage?.output_tokens,
        });
      },
      handleLLMError: (_: unknown, runId: string) => ended(runId, "error"),
    },
    new OpenTelemetryCallbackHandler(),
  ];
}

// --- internal ---

interface Answer {
  readonly generations: readonly (readonly {
    readonly message: {
      readonly usage_metadata?: { readonly input_tokens: number; readonly output_tokens: number };
    };
  }[])[];
}
