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

/**
 * Who answers a call. The class knows best: packages made from OpenAI's say "openai" of themselves. But a class of theirs
 * that is wrapped (by an agent, which binds tools to it) is serialized as OpenAI's own; then what it says counts.
 */
export function providerFor(call: ModelCall): Provider {
  const byClass = call.className === undefined ? undefined : BY_CLASS.get(call.className);
  const lsProvider = text(call.metadata["ls_provider"])?.toLowerCase();
  const said = lsProvider === undefined ? undefined : BY_LS_PROVIDER.get(lsProvider);
  if (byClass === openai && said !== undefined) return said;
  return byClass ?? said ?? other;
}
