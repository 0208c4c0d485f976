import { apart, matchesIn, replaced } from "../detection/detection.ts";
import type { Detector } from "../detection/detector.ts";
import { DETECTORS, SECRETS } from "../detectors.ts";
import { type PiiStep, piiStep } from "./pii-rule.ts";
import {
  type DetectorName,
  REDACT_DEFAULT,
  type Redactor,
  type RedactOption,
} from "./redact-option.ts";

export type Counted = (kind: string, times: number) => void;

/** Takes out of one text what must not leave, and cuts it. */
export class TextRedactor {
  readonly #steps: readonly (PiiStep | Redactor)[];
  readonly #ofUser: ReadonlySet<PiiStep | Redactor>;
  readonly #detectors: readonly Detector[];
  readonly #maxLength: number;

  constructor(option: RedactOption | undefined, maxLength: number) {
    const items = option === false ? [] : (option ?? REDACT_DEFAULT);
    const own = items.filter((item) => typeof item === "function");
    const names = new Set(items.filter((item): item is DetectorName => typeof item === "string"));
    this.#ofUser = new Set(own);
    this.#steps = items.flatMap((item): (PiiStep | Redactor)[] => {
      if (typeof item === "function") return [item];
      return typeof item === "object" && "piiType" in item ? [piiStep(item)] : [];
    });
    // Secrets first: where two overlap, the first says what it was.
    this.#detectors = [
      ...SECRETS,
      ...[...names].flatMap((name) => (name === "secrets" ? [] : [DETECTORS[name]])),
    ];
    this.#maxLength = maxLength;
  }

  /**
   * What is left of the text; `undefined` when it is dropped.
   *
   * @param where `undefined` for a name, which functions of the user's are not asked about
   * @throws what a function of the user's throws, or when the text cannot be read to its end
   */
  redact(text: string, where: (() => string) | undefined, counted: Counted): string | undefined {
    const most = this.#maxLength;
    const isCut = text.length > most + OVERLAP;
    const clean = this.#clean(isCut ? text.slice(0, most + OVERLAP) : text, where, counted);
    if (clean === undefined) return undefined;
    // The last of a text that was cut may be the first half of a secret, which nobody knows for one.
    const safe = isCut ? Math.max(0, clean.length - OVERLAP) : clean.length;
    if (!isCut && clean.length <= most) return wellFormed(clean);
    return (
      wellFormed(clean.slice(0, Math.min(most, safe)).replace(BROKEN_MARK, "")) + truncated(text)
    );
  }

  #clean(text: string, where: (() => string) | undefined, counted: Counted): string | undefined {
    let clean = text;
    for (const step of this.#steps) {
      const left = this.#ofUser.has(step)
        ? redactedBy(step as Redactor, clean, where, counted)
        : (step as PiiStep)(clean, counted);
      if (left === undefined) return undefined;
      clean = left;
    }
    const matches = apart(matchesIn(clean, this.#detectors));
    if (matches.length === 0) return clean;
    for (const { kind } of matches) counted(kind, 1);
    return replaced(clean, matches);
  }
}

/** Says how long a text was of which the end is missing. */
export function truncated({ length }: { readonly length: number }): string {
  return `… [truncated, ${length} characters]`;
}

// --- internal ---

/** Characters past the cut that are read, so that what stands across the cut is known for what it is. */
const OVERLAP = 4096;
const BROKEN_MARK =
  /(?:\[(?:r(?:e(?:d(?:a(?:c(?:t(?:e(?:d(?::[a-z_]{0,20})?)?)?)?)?)?)?)?)?|[\uD800-\uDBFF])$/;

function redactedBy(
  redactor: Redactor,
  text: string,
  where: (() => string) | undefined,
  counted: Counted,
): string | undefined {
  if (where === undefined) return text;
  const left: unknown = redactor(text, where());
  if (left !== undefined && typeof left !== "string") {
    throw new TypeError(`A redaction function answered with ${typeof left} instead of a string`);
  }
  if (left !== text) counted("custom", 1);
  return left;
}

/** Half a character is no character in UTF-8. */
function wellFormed(text: string): string {
  return text.replaceAll(/[\uD800-\uDFFF]/gu, "\uFFFD");
}
