import { apart, matchesIn, replaced } from "../detection/detection.ts";
import type { Detector, Match } from "../detection/detector.ts";
import { DETECTORS } from "../detectors.ts";
import { sha256 } from "./sha256.ts";

/** What a function that is given as a detector returns. */
export interface PiiMatch {
  readonly text: string;
  readonly start: number;
  /** The first character after it. */
  readonly end: number;
}

/** A rule as LangChain's `piiMiddleware` has it, with the same marks, so that a trace shows what the model saw. */
export interface PiiRule {
  /** `email`, `credit_card`, `ip`, `mac_address`, `url`, or a name of one's own with a `detector`. */
  readonly piiType: string;
  /**
   * `redact`: `[REDACTED_EMAIL]`; `mask`: the end stays, `****-****-****-1234`; `hash`: `<email_hash:a1b2c3d4>`, of SHA-256, which
   * LangChain's own is not; `block`:
   * the whole text is dropped. What is found in an encoded form is replaced as by `redact`. @default "redact"
   */
  readonly strategy?: "redact" | "mask" | "hash" | "block" | undefined;
  /** An expression, as such or as its source, or a function. */
  readonly detector?: RegExp | string | ((content: string) => readonly PiiMatch[]) | undefined;
}

/** The types that need no detector. */
export const PII_TYPES: Readonly<Record<string, Detector>> = {
  email: DETECTORS.email,
  credit_card: DETECTORS.card,
  ip: DETECTORS.ip,
  mac_address: DETECTORS.mac,
  url: DETECTORS.url,
};

/** What a rule does to a text; `undefined` drops it. Throws what the detector throws. */
export type PiiStep = (
  text: string,
  counted: (kind: string, times: number) => void,
) => string | undefined;

/** @throws SyntaxError for a source that is no expression */
export function piiStep({ piiType, strategy = "redact", detector }: PiiRule): PiiStep {
  const found = detectorOf(piiType, detector);
  return (text, counted) => {
    const matches = apart(matchesIn(text, [found]));
    if (matches.length === 0) return text;
    counted(piiType, matches.length);
    if (strategy === "block") return undefined;
    return replaced(text, matches, (match) =>
      match.encoded === true
        ? marked(piiType)
        : PUT[strategy](text.slice(match.start, match.end), piiType),
    );
  };
}

// --- internal ---

const PUT = {
  redact: (_: string, piiType: string) => marked(piiType),
  hash: (found: string, piiType: string) => `<${piiType}_hash:${sha256(found).slice(0, 8)}>`,
  mask: masked,
} as const;

function marked(piiType: string): string {
  return `[REDACTED_${piiType.toUpperCase()}]`;
}

function masked(found: string, piiType: string): string {
  if (piiType === "credit_card") return `****-****-****-${found.replaceAll(/\D/g, "").slice(-4)}`;
  if (piiType === "email") {
    const [local = "", domain = ""] = found.split("@");
    return local === "" || domain === "" ? "***" : `${local.charAt(0)}***@${domain}`;
  }
  const shown = Math.min(4, found.length);
  return "*".repeat(found.length - shown) + found.slice(found.length - shown);
}

function detectorOf(piiType: string, detector: PiiRule["detector"]): Detector {
  if (typeof detector === "function") return { find: (text) => asked(detector, text, piiType) };
  const builtIn = PII_TYPES[piiType];
  if (detector === undefined) return builtIn ?? { find: () => [] };
  const expression = typeof detector === "string" ? new RegExp(detector, "g") : globally(detector);
  return {
    find: (text) => {
      const matches: Match[] = [];
      for (const { 0: found, index } of text.matchAll(expression)) {
        if (found !== "") matches.push({ start: index, end: index + found.length, kind: piiType });
      }
      return matches;
    },
  };
}

function globally({ source, flags }: RegExp): RegExp {
  return new RegExp(source, `${flags.replaceAll(/[gy]/g, "")}g`);
}

function asked(
  detector: (content: string) => readonly PiiMatch[],
  text: string,
  piiType: string,
): Match[] {
  return detector(text).map(({ start, end }) => {
    if (
      !Number.isInteger(start) ||
      !Number.isInteger(end) ||
      start < 0 ||
      end > text.length ||
      end < start
    ) {
      throw new TypeError(
        `The detector of ${piiType} answers with a place that is not in the text`,
      );
    }
    return { start, end, kind: piiType };
  });
}
