import type { Context } from "@opentelemetry/api";

import type { RunContent } from "../content/run-content.ts";
import type { Evaluation } from "../operation.ts";
import { EVALUATION, EVALUATION_RESULT } from "../semconv/evaluation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { ATTR_ERROR_TYPE } from "../semconv/stable.ts";
import { cleanAttributes } from "./clean-attributes.ts";
import { hrTime, now } from "./clock.ts";
import type { ContentTelemetry } from "./content-writer.ts";

/**
 * The event of the conventions, with the explanation as content is written: redacted, and no longer than it may be.
 *
 * @param context that of the span whose work was looked at
 */
export function emitEvaluation(
  { logs, policy, redacted }: ContentTelemetry,
  evaluation: Evaluation,
  place: { readonly traceId: string; readonly spanId: string },
  context: Context,
): void {
  if (!logs.isHeard()) return;
  const { name, score, label, explanation, responseId, failure } = evaluation;
  const attributes: Record<string, string | number> = {};
  const set = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) attributes[key] = value;
  };
  set(EVALUATION.name, name);
  set(EVALUATION.score, score);
  set(EVALUATION.label, label);
  set(GEN_AI.responseId, responseId);
  set(ATTR_ERROR_TYPE, failure?.type);
  cleanAttributes(attributes);
  if (explanation !== undefined) {
    // The name of its attribute is what the policy knows a value by that is no member of a run's content.
    const said = { [EVALUATION.explanation]: explanation } as RunContent;
    const written = policy.written(said, place, (counts) => redacted(counts, context));
    const value = (written as Record<string, (typeof written)["query"]>)[EVALUATION.explanation];
    if (value !== undefined) set(EVALUATION.explanation, value.reference ?? String(value.value));
  }
  logs.emit({
    eventName: EVALUATION_RESULT,
    severityNumber: INFO,
    timestamp: hrTime(now()),
    context,
    attributes,
  });
}

// --- internal ---

/** The conventions have none for it; it is no matter of debugging, and no fault. */
const INFO = 9;
