import type { Intervention, ModelResponse } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { field, fields } from "../read.ts";

/** An answer of Gemini's that was broken off. https://ai.google.dev/api/generate-content#FinishReason */
export function googleIntervention(
  { finishReasons = [] }: ModelResponse,
  { choices }: ModelResult,
): Intervention | undefined {
  const reason = finishReasons.find((each) => BLOCKING.has(each));
  if (reason === undefined) return undefined;
  const ratings = choices.flatMap(({ info, metadata }) =>
    blockedBy(info["safetyRatings"] ?? metadata["safetyRatings"]),
  );
  return blocked(reason, ratings);
}

/** A prompt, or an answer without content, that Google's packages throw an error for. */
export function googleSafetyError(error: object): Intervention | undefined {
  const blockReason = field(error, "blockReason");
  const finishReason = field(error, "finishReason");
  const name = field(error, "name");
  if (name !== "PromptBlockedError" && name !== "EmptyContentError") return undefined;
  if (typeof blockReason === "string" && blockReason !== "")
    return blocked(blockReason, blockedBy(field(error, "safetyRatings")));
  return typeof finishReason === "string" && BLOCKING.has(finishReason)
    ? blocked(finishReason, [])
    : undefined;
}

// --- internal ---

const BLOCKING = new Set([
  "SAFETY",
  "RECITATION",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "MODEL_ARMOR",
]);

const MOST = 50;

/** What was rated too high, else why it was blocked. */
function blocked(reason: string, ratings: readonly string[]): Intervention {
  const categories = ratings.length > 0 ? ratings : [reason];
  const words = categories.map((each) => each.toLowerCase().slice(0, 128));
  return {
    violations: [...new Set(words)].map((category) => ({ action: "blocked", category })),
  };
}

function blockedBy(ratings: unknown): string[] {
  return (Array.isArray(ratings) ? ratings.slice(0, MOST) : [])
    .map((rating) => fields(rating))
    .filter((rating) => field(rating, "blocked") === true)
    .map((rating) => field(rating, "category"))
    .filter((category) => typeof category === "string")
    .map((category) => category.replace(/^HARM_CATEGORY_/, ""));
}
