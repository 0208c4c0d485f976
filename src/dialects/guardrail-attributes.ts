import type { Guardrail, Intervention, RunRequest } from "../operation.ts";
import { AWS_BEDROCK } from "../semconv/gen-ai.ts";
import { GUARDRAIL_ACTIONS } from "../semconv/guardrails.ts";
import { LANGCHAIN } from "../semconv/own.ts";
import type { Candidates } from "./present.ts";

/** The guardrail that a call asks for. The conventions have a name for Bedrock's alone. */
export function guardrailAttributes(request: RunRequest): Candidates {
  const asked = guardrailOf(request);
  return asked === undefined ? {} : named(request, asked);
}

/** What a guardrail did. */
export function interventionAttributes(
  request: RunRequest,
  intervention: Intervention | undefined,
): Candidates {
  if (intervention === undefined) return {};
  const actions = intervention.violations.map(({ action }) => action);
  const categories = new Set(
    intervention.violations
      .map(({ category }) => category)
      .filter((category) => category !== undefined),
  );
  return {
    ...(guardrailOf(request) === undefined ? named(request, intervention) : {}),
    [LANGCHAIN.guardrailAction]: GUARDRAIL_ACTIONS.find((action) => actions.includes(action)),
    [LANGCHAIN.guardrailCategories]: categories.size === 0 ? undefined : [...categories],
  };
}

// --- internal ---

function guardrailOf(request: RunRequest): Guardrail | undefined {
  return request.kind === "model" ? request.guardrail : undefined;
}

function named(request: RunRequest, { id, version }: Guardrail): Candidates {
  const isBedrock = request.kind === "model" && request.provider === "aws.bedrock";
  return {
    [isBedrock ? AWS_BEDROCK.guardrailId : LANGCHAIN.guardrailId]: id,
    [LANGCHAIN.guardrailVersion]: version,
  };
}
