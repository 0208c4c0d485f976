import type { Usage } from "../../operation.ts";
import type { ModelCall } from "../model-call.ts";
import type { ModelResult } from "../model-result.ts";
import { count, fields, first, text } from "../read.ts";
import { bedrockGuardrail, bedrockIntervention } from "./bedrock-guardrail.ts";
import { textKwarg, variable } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Amazon Bedrock, by the Converse API. LangChain adds the cache's parts to the input already. */
export const bedrock: Provider = {
  lsProviders: ["amazon_bedrock", "bedrock", "bedrock_converse"],
  classNames: ["ChatBedrockConverse", "BedrockChat", "ChatBedrock", "Bedrock"],
  providerName: () => "aws.bedrock",
  instructionsApart: true,
  endpoint: (call) =>
    first(
      variable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
      variable("AWS_ENDPOINT_URL"),
      textKwarg(call, "endpointHost", "endpointUrl"),
      text(call.model["endpointHost"]),
      host(region(call)),
    ),
  request: (call) => ({ guardrail: bedrockGuardrail(call) }),
  response: (response, result) => ({
    ...response,
    usage: response.usage && { ...response.usage, cacheWrite1hTokens: cacheWrite1h(result) },
  }),
  intervention: bedrockIntervention,
};

// --- internal ---

/** The package is not serialized; where the instrumentation sees the model, it has its region. */
function region(call: ModelCall): string | undefined {
  return first(
    textKwarg(call, "region"),
    text(call.model["region"]),
    variable("BEDROCK_AWS_REGION"),
    variable("AWS_REGION"),
    variable("AWS_DEFAULT_REGION"),
  );
}

function host(area: string | undefined): string | undefined {
  return area === undefined ? undefined : `https://bedrock-runtime.${area}.amazonaws.com`;
}

/** Invoked, `usage` stands in the metadata; streamed, one level deeper. */
function cacheWrite1h({ metadata }: ModelResult): Usage["cacheWrite1hTokens"] {
  const usage = fields(metadata["usage"] ?? fields(metadata["metadata"])["usage"]);
  const details = usage["cacheDetails"];
  if (!Array.isArray(details)) return undefined;
  const hour = details.find((detail) => fields(detail)["ttl"] === "1h");
  return count(fields(hour)["inputTokens"]);
}
