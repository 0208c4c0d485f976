import { variable } from "../providers/endpoint.ts";
import { fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";
import { openaiAnswer } from "./openai.ts";

/** Azure OpenAI. The request's model is the deployment: the class has a default that nobody asked for. */
export const azureOpenAIEmbeddings: EmbeddingsFamily = {
  classNames: ["AzureOpenAIEmbeddings"],
  providerName: () => "azure.ai.openai",
  model: (embeddings) =>
    first(text(embeddings["azureOpenAIApiDeploymentName"]), text(embeddings["model"])),
  endpoint: (embeddings) =>
    first(
      text(embeddings["azureOpenAIBasePath"]),
      host(text(embeddings["azureOpenAIApiInstanceName"])),
      text(fields(embeddings["clientConfig"])["baseURL"]),
      variable("AZURE_OPENAI_ENDPOINT"),
    ),
  encodingFormats: ({ encodingFormat }) => encodingFormat,
  answer: openaiAnswer,
};

// --- internal ---

function host(instance: string | undefined): string | undefined {
  return instance === undefined ? undefined : `https://${instance}.openai.azure.com`;
}
