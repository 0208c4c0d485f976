import type { Usage } from "../../operation.ts";
import type { StreamNotes } from "../stream-notes.ts";
import { google, withThoughts } from "./google.ts";
import type { Provider } from "./provider.ts";

/** Gemini by `@langchain/google-genai`, whose counts need correcting. */
export const googleGenAI: Provider = {
  ...google,
  lsProviders: [],
  classNames: ["ChatGoogleGenerativeAI"],
  response: (response, result, notes) => {
    const { usage } = withThoughts(response, result);
    return { ...response, usage: usage && correctUsage(usage, notes) };
  },
};

// --- internal ---

/**
 * Besides the thoughts, which `google.ts` puts right, a stream adds up `cachedContentTokenCount`, which Gemini repeats in
 * every chunk. https://ai.google.dev/api/generate-content#UsageMetadata
 */
function correctUsage(usage: Usage, notes: StreamNotes): Usage {
  const { inputTokens, cacheReadTokens } = usage;
  if (inputTokens === undefined || cacheReadTokens === undefined) return usage;
  return { ...usage, cacheReadTokens: cacheRead(cacheReadTokens, inputTokens, notes) };
}

/** Without the chunks (the package's callback carries none) their number says how often the count was added. */
function cacheRead(
  sum: number,
  inputTokens: number,
  { largestCacheRead, chunks }: StreamNotes,
): number | undefined {
  if (largestCacheRead !== undefined) return largestCacheRead;
  const once = chunks > 1 && sum % chunks === 0 ? sum / chunks : sum;
  return once <= inputTokens ? once : undefined;
}
