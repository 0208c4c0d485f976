import type { Intervention, ModelResponse } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { fields, first, text } from "../read.ts";

/** Anthropic's classifiers ended the answer; newer models say what for. */
export function anthropicIntervention(
  { finishReasons }: ModelResponse,
  { metadata, additional }: ModelResult,
): Intervention | undefined {
  if (finishReasons?.includes("refusal") !== true) return undefined;
  const category = first(
    text(fields(metadata["stop_details"])["category"]),
    text(fields(additional["stop_details"])["category"]),
    "refusal",
  );
  return { violations: [{ action: "blocked", category: category?.slice(0, 128) }] };
}
