import type { Intervention } from "../operation.ts";
import { layersOf } from "./errors/error-layer.ts";
import { middlewareError } from "./middleware-guardrail.ts";
import { contentFilterError } from "./providers/content-filter.ts";
import { googleSafetyError } from "./providers/google-safety.ts";

/** Which errors are none: a guardrail or a filter has said no. To know those of another provider, add its detector. */
const DETECTORS: readonly ((error: object) => Intervention | undefined)[] = [
  contentFilterError,
  googleSafetyError,
  middlewareError,
];

/** What a guardrail has thrown, perhaps inside an error that says nothing by itself. */
export function guardrailError(error: unknown): Block | undefined {
  for (const { thrown, isWrapper } of layersOf(error)) {
    for (const detect of DETECTORS) {
      const intervention = detect(thrown);
      if (intervention !== undefined) return { thrown, intervention };
    }
    if (!isWrapper) return undefined;
  }
  return undefined;
}

export interface Block {
  readonly thrown: object;
  readonly intervention: Intervention;
}

/**
 * Whether nobody has claimed it yet: the error passes through all runs above the one that it happened in, which alone
 * tells of the guardrail.
 */
export function isFirstToSee({ thrown }: Block): boolean {
  if (claimed.has(thrown)) return false;
  claimed.add(thrown);
  return true;
}

// --- internal ---

const claimed = new WeakSet<object>();
