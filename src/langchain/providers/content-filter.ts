import type { Intervention, ModelResponse } from "../../operation.ts";
import type { ModelResult } from "../model-result.ts";
import { field, fields } from "../read.ts";

/**
 * The content filters of OpenAI, of Azure, and of all who speak their protocol: an answer that was broken off, or a
 * refusal in place of one. What was filtered Azure tells only where it refuses the prompt.
 */
export function contentFilterIntervention(
  { finishReasons = [] }: ModelResponse,
  { additional }: ModelResult,
): Intervention | undefined {
  const refused = typeof additional["refusal"] === "string" && additional["refusal"] !== "";
  if (refused) return { violations: [{ action: "blocked", category: "refusal" }] };
  return finishReasons.includes("content_filter")
    ? { violations: [{ action: "blocked", category: "content_filter" }] }
    : undefined;
}

/** A prompt that was refused. https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter */
export function contentFilterError(error: object): Intervention | undefined {
  const body = fields(field(error, "error"));
  const code = field(error, "code") ?? field(body, "code");
  if (typeof code !== "string") return undefined;
  if (!CODES.has(code)) return code === "invalid_prompt" ? policyError(error, body) : undefined;
  const inner = fields(field(body, "innererror"));
  const results = fields(
    field(inner, "content_filter_result") ?? field(inner, "content_filter_results"),
  );
  const categories = Object.keys(results)
    .slice(0, MOST)
    .filter((name) => field(field(results, name), "filtered") === true);
  return {
    violations: (categories.length > 0 ? categories : ["content_filter"]).map((category) => ({
      action: "blocked",
      category: category.slice(0, 128),
    })),
  };
}

// --- internal ---

const MOST = 50;

/** OpenAI's reasoning models refuse with a code that a prompt of the wrong form has too. */
function policyError(error: object, body: object): Intervention | undefined {
  const said = [field(error, "message"), field(body, "message")];
  return said.some((message) => typeof message === "string" && FLAGGED.test(message.slice(0, 1000)))
    ? { violations: [{ action: "blocked", category: "usage_policy" }] }
    : undefined;
}

const FLAGGED = /flagged as potentially violating our usage policy/i;

const CODES = new Set(["content_filter", "content_policy_violation", "moderation_blocked"]);
