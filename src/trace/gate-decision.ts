import { beginningWithoutSecrets } from "../content/secrets.ts";
import { fields } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import type { Decision } from "../operation.ts";
import { badOption } from "../options.ts";

/** What a gate's function says. It may say more than that. */
export interface GateDecision {
  readonly allowed: boolean;
  /** Why, in a few words: at most 1,000 characters are kept, without keys and tokens. */
  readonly reason?: string | undefined;
  /** How unsure the decision is: from 0, which is sure, to 1. */
  readonly uncertainty?: number | undefined;
}

/** What it comes to; `undefined`, and a report, for an answer of any other kind. */
export function decisionOf(
  { guard }: Pick<RunTracer, "guard">,
  answer: unknown,
): Decision | undefined {
  if (typeof answer === "boolean") return { verdict: verdictOf(answer) };
  const { allowed, reason, uncertainty } = fields(answer);
  if (typeof allowed !== "boolean") {
    guard.report("reading what a gate has decided", badOption("allowed", "true or false", answer));
    return undefined;
  }
  const isShare = typeof uncertainty === "number" && uncertainty >= 0 && uncertainty <= 1;
  return {
    verdict: verdictOf(allowed),
    reason:
      typeof reason === "string" && reason !== ""
        ? beginningWithoutSecrets(reason, LONGEST_REASON)
        : undefined,
    uncertainty: isShare ? uncertainty : undefined,
  };
}

// --- internal ---

const LONGEST_REASON = 1000;

function verdictOf(allowed: boolean): Decision["verdict"] {
  return allowed ? "allowed" : "blocked";
}
