import type { ErrorLayer } from "./error-layer.ts";

/** The HTTP status of an error, or the one that its name or code stands for in the provider's documentation. */
export function httpStatus({ status, names, codes, bodyTypes }: ErrorLayer): number | undefined {
  if (status !== undefined) return status;
  for (const word of [...codes, ...bodyTypes, ...names]) {
    const meant = STATUS_OF.get(word);
    if (meant !== undefined) return meant;
  }
  return undefined;
}

// --- internal ---

/** What breaks off a stream, or is made without its request, has a word and no status. */
const STATUS_OF: ReadonlyMap<string, number> = new Map([
  // Anthropic
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["api_error", 500],
  ["timeout_error", 504],
  ["overloaded_error", 529],
  // OpenAI
  ["invalid_api_key", 401],
  ["insufficient_quota", 429],
  ["rate_limit_exceeded", 429],
  ["server_error", 500],
  // Google
  ["INVALID_ARGUMENT", 400],
  ["UNAUTHENTICATED", 401],
  ["PERMISSION_DENIED", 403],
  ["RESOURCE_EXHAUSTED", 429],
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
  // Amazon
  ["ConflictException", 400],
  ["ValidationException", 400],
  ["AccessDeniedException", 403],
  ["ResourceNotFoundException", 404],
  ["ModelTimeoutException", 408],
  ["ModelErrorException", 424],
  ["ModelStreamErrorException", 424],
  ["ModelNotReadyException", 429],
  ["ThrottlingException", 429],
  ["InternalServerException", 500],
  ["ServiceUnavailableException", 503],
  // LangChain
  ["MODEL_AUTHENTICATION", 401],
  ["MODEL_NOT_FOUND", 404],
  ["MODEL_RATE_LIMIT", 429],
]);
