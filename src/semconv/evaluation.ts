/** Attribute names of the event of an evaluation. The same in both versions. */
export const EVALUATION = {
  name: "gen_ai.evaluation.name",
  score: "gen_ai.evaluation.score.value",
  label: "gen_ai.evaluation.score.label",
  explanation: "gen_ai.evaluation.explanation",
} as const;

/** The event. */
export const EVALUATION_RESULT = "gen_ai.evaluation.result";
