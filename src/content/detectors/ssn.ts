import type { Detector } from "../detection/detector.ts";
import { byExpression } from "../detection/detector.ts";

/** Social security numbers of the United States: with hyphens, or after a word that says so. */
export const ssn: Detector = {
  find: (text) => FORMS.flatMap((form) => form.find(text)),
};

// --- internal ---

/** Numbers that were never given out are something else. */
const FORMS: readonly Detector[] = [
  /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g,
  /(?<=\b(?:ssn|social security(?: (?:no|number|nr))?)\.?["']?(?: is)?\s?[:=#]?\s?["']?)(?!000|666|9)\d{3}[ -]?(?!00)\d{2}[ -]?(?!0000)\d{4}(?![\w-])/gi,
].map((form) => byExpression("ssn", form));
