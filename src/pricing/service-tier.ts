/**
 * A tier of service (`service_tier`) in one spelling, without Google's `SERVICE_TIER_`.
 * @returns nothing for the standard one, which every provider calls something else
 */
export function serviceTier(said: string | undefined): string | undefined {
  const tier = said
    ?.trim()
    .toLowerCase()
    .replaceAll(/[\s-]/g, "_")
    .replace(/^service_tier_/, "");
  return tier === undefined || STANDARD.includes(tier) ? undefined : tier;
}

/**
 * What a tier's prices are, as a factor of the standard ones, where the provider has published one for all its models.
 * The others differ by model or contract, OpenAI's `priority` for one: they are unknown until a price table says them.
 */
export function publishedFactor(provider: string, tier: string): number | undefined {
  const factors = Object.hasOwn(PUBLISHED, provider) ? PUBLISHED[provider] : undefined;
  return factors !== undefined && Object.hasOwn(factors, tier) ? factors[tier] : undefined;
}

// --- internal ---

/** `auto` lets the provider choose; what it chose is in its answer, and where it is not, nothing else was bought. */
const STANDARD: readonly string[] = [
  "",
  "auto",
  "default",
  "standard",
  "standard_only",
  "on_demand",
  "unspecified",
];

/**
 * Batch: https://developers.openai.com/api/docs/guides/batch, https://platform.claude.com/docs/en/about-claude/pricing,
 * https://ai.google.dev/gemini-api/docs/optimization, https://aws.amazon.com/bedrock/pricing/,
 * https://console.groq.com/docs/batch, https://docs.mistral.ai/capabilities/batch/.
 * Flex: https://developers.openai.com/api/docs/guides/flex-processing ("Tokens are priced at Batch API rates"),
 * https://learn.microsoft.com/azure/foundry/openai/how-to/flex-processing ("a 50% discount"),
 * https://ai.google.dev/gemini-api/docs/optimization, https://console.groq.com/docs/flex-processing ("Pricing matches
 * the on-demand tier").
 */
const PUBLISHED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  anthropic: { batch: 0.5 },
  aws: { batch: 0.5 },
  azure: { batch: 0.5, flex: 0.5 },
  google: { batch: 0.5, flex: 0.5 },
  groq: { batch: 0.5, flex: 1 },
  mistral: { batch: 0.5 },
  openai: { batch: 0.5, flex: 0.5 },
};
