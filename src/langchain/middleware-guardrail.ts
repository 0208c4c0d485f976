import type { Intervention, RunRequest } from "../operation.ts";
import { field, fields, text } from "./read.ts";

/** LangChain's own middleware ended the run: by `strategy: "block"`, or by `exitBehavior: "error"`. */
export function middlewareError(error: object): Intervention | undefined {
  switch (field(error, "name")) {
    case "PIIDetectionError": {
      const category = text(field(error, "piiType"));
      return {
        id: PII,
        violations: [{ action: "blocked", category: category && short(category) }],
      };
    }
    case "OpenAIModerationError":
      return { id: MODERATION, violations: moderated(field(error, "result")) };
    default:
      return undefined;
  }
}

/**
 * It went on, and changed what was said: its hooks are nodes, which answer with messages only where they found
 * something.
 */
export function middlewareIntervention(
  request: RunRequest | undefined,
  output: unknown,
): Intervention | undefined {
  if (request?.kind !== "node") return undefined;
  const [, id, category] = HOOK.exec(request.node) ?? [];
  if (id === undefined || !Array.isArray(fields(output)["messages"])) return undefined;
  return id === MODERATION
    ? { id, violations: [{ action: "blocked", category: "moderation" }] }
    : { id, violations: [{ action: "anonymized", category: category && short(category) }] };
}

// --- internal ---

const PII = "PIIMiddleware";
const MODERATION = "OpenAIModerationMiddleware";
const HOOK = /^(PIIMiddleware|OpenAIModerationMiddleware)(?:\[(.+)\])?\.(?:before|after)_model$/;

/** OpenAI's own names have a finer one after a slash. */
function moderated(result: unknown): Intervention["violations"] {
  const categories = fields(field(result, "categories"));
  const flagged = Object.keys(categories)
    .slice(0, 50)
    .filter((name) => field(categories, name) === true)
    .map((name) => short(name.replace(/\/.*$/, "").replaceAll("-", "_")));
  const named = flagged.length > 0 ? [...new Set(flagged)] : ["moderation"];
  return named.map((category) => ({ action: "blocked", category }));
}

function short(word: string): string {
  return word.slice(0, 128);
}
