/**
 * The one name under which a provider's prices are kept, `@pydantic/genai-prices`'s where it has the provider. What is
 * no provider we know keeps its own name.
 *
 * @param provider as `gen_ai.provider.name` (`aws.bedrock`), LangChain's `ls_provider` (`amazon_bedrock`) or people
 * (`Bedrock`) say it
 */
export function providerId(provider: string): string {
  const name = provider.trim().toLowerCase();
  return IDS.get(name.replaceAll(/[^a-z0-9]/g, "")) ?? name;
}

// --- internal ---

const NAMES: Readonly<Record<string, readonly string[]>> = {
  aws: ["awsbedrock", "amazonbedrock", "bedrock", "bedrockconverse", "amazon"],
  azure: ["azureaiopenai", "azureopenai", "azureaiinference", "azaiopenai", "azaiinference"],
  fireworks: ["fireworksai"],
  google: [
    "gcpgemini",
    "gcpvertexai",
    "gcpgenai",
    "googlegenai",
    "googlevertexai",
    "vertexai",
    "gemini",
  ],
  mistral: ["mistralai"],
  moonshotai: ["moonshot"],
  together: ["togetherai"],
  voyageai: ["voyage"],
  "x-ai": ["xai"],
};

const IDS: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([id, names]) => names.map((name) => [name, id] as const)),
);
