import type { ErrorCategory } from "../../operation.ts";
import { isNetworkError } from "./error-category.ts";
import type { ErrorLayer } from "./error-layer.ts";
import { httpStatus } from "./http-status.ts";

/**
 * Whether the same call may succeed when it is made again: LangChain's own mark, else what the providers' documentation
 * says of the status. Absent when nobody says so.
 */
export function retryability(
  layers: readonly ErrorLayer[],
  category: ErrorCategory,
): boolean | undefined {
  for (const { retryable } of layers) if (retryable !== undefined) return retryable;
  if (layers.some(isSpent)) return false;
  for (const layer of layers) {
    const status = httpStatus(layer);
    if (status !== undefined) return retryableStatus(status);
  }
  if (category === "timeout" || category === "rate_limit") return true;
  return layers.some(isNetworkError) ? true : undefined;
}

// --- internal ---

/** The money is spent, and not only the minute's share. */
function isSpent({ names, codes }: ErrorLayer): boolean {
  return (
    codes.includes("insufficient_quota") ||
    names.some((name) => /(?:Quota|SpendLimit)/.test(name)) ||
    names.includes("RampLimitExceeded")
  );
}

/** 409 is absent: the SDKs of OpenAI and Anthropic try again, LangChain does not. */
const NOT_AGAIN = new Set([400, 401, 402, 403, 404, 405, 406, 407, 413, 422]);

function retryableStatus(status: number): boolean | undefined {
  if (status === 408 || status === 429 || status >= 500) return true;
  return NOT_AGAIN.has(status) ? false : undefined;
}
