import type { ModelCall } from "../model-call.ts";
import { text } from "../read.ts";
import { anthropic } from "./anthropic.ts";
import { azureOpenAI } from "./azure-openai.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { deepseek } from "./deepseek.ts";
import { googleGenAI } from "./google-genai.ts";
import { google } from "./google.ts";
import { groq } from "./groq.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { other } from "./other.ts";
import type { Provider } from "./provider.ts";
import { xai } from "./xai.ts";

const PROVIDERS: readonly Provider[] = [
  anthropic,
  azureOpenAI,
  bedrock,
  cohere,
  deepseek,
  google,
  googleGenAI,
  groq,
  mistral,
  ollama,
  openai,
  xai,
];

const BY_CLASS = new Map(
  PROVIDERS.flatMap((provider) => provider.classNames.map((name) => [name, provider] as const)),
);
const BY_LS_PROVIDER = new Map(
  PROVIDERS.flatMap((provider) => provider.lsProviders.map((name) => [name, provider] as const)),
);

/** Who answers a call. The class knows best: packages made from OpenAI's say "openai" of themselves. */
export function providerFor(call: ModelCall): Provider {
  const byClass = call.className === undefined ? undefined : BY_CLASS.get(call.className);
  const lsProvider = text(call.metadata["ls_provider"])?.toLowerCase();
  return (
    byClass ?? (lsProvider === undefined ? undefined : BY_LS_PROVIDER.get(lsProvider)) ?? other
  );
}
