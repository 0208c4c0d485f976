import type { Attributes, Context } from "@opentelemetry/api";

import type { RunEnd, RunRequest } from "../operation.ts";
import { GEN_AI } from "../semconv/gen-ai.ts";
import { OWN_METRIC } from "../semconv/own.ts";
import type { RunInstruments } from "./instruments.ts";

/** Counts a call that a guardrail was asked to watch, or in which one stepped in, and what it found there. */
export function countGuardrail(
  made: Pick<RunInstruments, "guardrailRequests" | "guardrailViolations">,
  request: RunRequest,
  end: RunEnd,
  context: Context,
): void {
  const asked = request.kind === "model" ? request.guardrail : undefined;
  const { guardrail: did, response } = end;
  // LangChain's cache has answered: nobody was asked.
  if ((asked === undefined && did === undefined) || response?.cached === true) return;
  const attributes: Attributes = {};
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined) attributes[key] = value;
  };
  set(GEN_AI.providerName, "provider" in request ? request.provider : undefined);
  set(GEN_AI.requestModel, "model" in request ? request.model : undefined);
  set(GEN_AI.agentName, request.agentName);
  set(OWN_METRIC.guardrailId, asked?.id ?? did?.id);
  set(OWN_METRIC.guardrailVersion, asked?.version ?? did?.version);
  made.guardrailRequests.add(1, attributes, context);
  for (const { action, category } of did?.violations ?? []) {
    const violation: Attributes = { ...attributes, [OWN_METRIC.action]: action };
    if (category !== undefined) violation[OWN_METRIC.category] = category;
    made.guardrailViolations.add(1, violation, context);
  }
}
