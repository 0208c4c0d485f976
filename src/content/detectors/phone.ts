import type { Detector } from "../detection/detector.ts";
import { byExpression } from "../detection/detector.ts";

/**
 * Numbers that are written as telephone numbers are: with `+` or `00` and a country, in the groups of North America, or
 * after a word that says so. Ten digits alone are an order number as well.
 */
export const phone: Detector = {
  find: (text) => FORMS.flatMap((form) => form.find(text)),
};

// --- internal ---

const FORMS: readonly Detector[] = [
  /(?<![\w+.])\+[1-9](?:[ .\-/()]{0,2}\d){7,14}(?!\w)/g,
  /(?<![\w.+-])00[1-9]\d{0,2}[ /-](?:[ \-/()]{0,2}\d){6,12}(?!\w)/g,
  // Without a bracket, a hyphen or a point it may be any three numbers.
  /(?<![\w.+-])(?:1[ .-])?\([2-9]\d{2}\)[ .-]?\d{3}[ .-]?\d{4}(?![\w.-]\d|\w)/g,
  /(?<![\w.+-])(?:1[ .-])?[2-9]\d{2}([.-])\d{3}\1\d{4}(?![.-]\d|\w)/g,
  /(?<![\w.+-])1[ .-][2-9]\d{2}[ .-]\d{3}[ .-]\d{4}(?![.-]\d|\w)/g,
  /(?<=\b(?:tel|telephone|phone|mobile|cell|fax|whatsapp)(?: ?(?:no|number|nr))?\.?["']?\s?[:=]\s?["']?)\(?\d(?:[ .\-/()]{0,2}\d){6,14}(?!\w)/gi,
].map((form) => byExpression("phone", form));
