import type { Guardrail, Intervention, ModelResponse, Violation } from "../../operation.ts";
import type { ModelCall } from "../model-call.ts";
import type { ModelResult } from "../model-result.ts";
import { type Fields, fields, first, text } from "../read.ts";

/** The guardrail that the request names. */
export function bedrockGuardrail({ params }: ModelCall): Guardrail | undefined {
  const config = { ...params, ...fields(params["guardrailConfig"]) };
  const id = text(config["guardrailIdentifier"]);
  return id === undefined ? undefined : { id, version: text(config["guardrailVersion"]) };
}

/**
 * What guardrails have done, by the trace, which comes when the request asks for it; without one the stop reason alone
 * tells. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html
 */
export function bedrockIntervention(
  { finishReasons }: ModelResponse,
  { metadata }: ModelResult,
): Intervention | undefined {
  const assessments = assessmentsOf(metadata);
  const violations = unique(assessments.flatMap(({ assessment }) => violationsOf(assessment)));
  const intervened = finishReasons?.includes("guardrail_intervened") === true;
  if (violations.length === 0 && !intervened) return undefined;
  const [{ id, assessment } = { id: undefined, assessment: fields(undefined) }] = assessments;
  const applied = fields(assessment["appliedGuardrailDetails"]);
  return {
    id: first(text(applied["guardrailId"]), text(id)),
    version: text(applied["guardrailVersion"]),
    violations: violations.length > 0 ? violations : [{ action: "blocked" }],
  };
}

// --- internal ---

interface Assessment {
  readonly id: string;
  readonly assessment: Fields;
}

/** More than anybody has, and few enough to read. */
const MOST = 50;

/** Invoked, the trace stands in the metadata; streamed, one level deeper. Of the answer there can be several per guardrail. */
function assessmentsOf(metadata: Fields): Assessment[] {
  const trace = fields(metadata["trace"] ?? fields(metadata["metadata"])["trace"]);
  const { inputAssessment, outputAssessments } = fields(trace["guardrail"]);
  return [inputAssessment, outputAssessments].flatMap((byId) =>
    Object.entries(fields(byId))
      .slice(0, MOST)
      .flatMap(([id, value]) =>
        listOf(value).map((assessment) => ({ id, assessment: fields(assessment) })),
      ),
  );
}

/** The policy's key is the category; what it found stands in lists below it. */
function violationsOf(assessment: Fields): Violation[] {
  return Object.entries(assessment)
    .slice(0, MOST)
    .filter(([key]) => key.endsWith("Policy"))
    .flatMap(([key, policy]) =>
      Object.values(fields(policy))
        .flatMap((found) => (Array.isArray(found) ? listOf(found) : []))
        .flatMap((found) => {
          const action = actionOf(fields(found));
          return action === undefined ? [] : [{ action, category: snakeCase(key) }];
        }),
    );
}

/** `NONE` is both what was looked for in vain and what was found and let through. */
function actionOf({ action, detected }: Fields): Violation["action"] | undefined {
  if (action === "BLOCKED") return "blocked";
  if (action === "ANONYMIZED") return "anonymized";
  return detected === true ? "detected" : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST) : [value];
}

function snakeCase(key: string): string {
  return key
    .slice(0, 128)
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase();
}

function unique(violations: readonly Violation[]): Violation[] {
  const byText = new Map(violations.map((each) => [`${each.action} ${each.category}`, each]));
  return [...byText.values()];
}
