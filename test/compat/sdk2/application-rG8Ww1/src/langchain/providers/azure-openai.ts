import { first, text } from "../read.ts";
import { textKwarg, variable } from "./endpoint.ts";
import { openaiRequest, openaiResponse } from "./openai.ts";
import type { Provider } from "./provider.ts";

/** Azure OpenAI. The request's model is the deployment: LangChain names one that nobody asked for. */
export const azureOpenAI: Provider = {
  lsProviders: ["azure", "azure_openai"],
  classNames: ["AzureChatOpenAI", "AzureOpenAI"],
  providerName: () => "azure.ai.openai",
  endpoint: (call) =>
    first(
      textKwarg(
        call,
        "azureOpenAIEndpoint",
        "azureOpenAIBasePath",
        "azureEndpoint",
        "azure_open_ai_endpoint",
        "azure_open_ai_base_path",
      ),
      host(textKwarg(call, "azureOpenAIApiInstanceName", "azure_open_ai_api_instance_name")),
      variable("AZURE_OPENAI_ENDPOINT"),
      variable("AZURE_OPENAI_BASE_PATH"),
      host(variable("AZURE_OPENAI_API_INSTANCE_NAME")),
    ),
  request: (call) => ({
    ...openaiRequest(call),
    model: first(
      textKwarg(
        call,
        "azureOpenAIApiDeploymentName",
        "deploymentName",
        "azure_open_ai_api_deployment_name",
      ),
      variable("AZURE_OPENAI_API_DEPLOYMENT_NAME"),
      textKwarg(call, "model", "modelName"),
      text(call.params["model"]) === "gpt-3.5-turbo" ? undefined : text(call.params["model"]),
    ),
  }),
  response: openaiResponse,
};

// --- internal ---

function host(instance: string | undefined): string | undefined {
  return instance === undefined ? undefined : `https://${instance}.openai.azure.com`;
}
