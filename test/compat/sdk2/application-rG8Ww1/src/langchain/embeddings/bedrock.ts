import { variable } from "../providers/endpoint.ts";
import { count, fields, first, text } from "../read.ts";
import type { EmbeddingsFamily } from "./family.ts";

/** Amazon Bedrock. The region is known to the AWS SDK only, which tells it asynchronously. */
export const bedrockEmbeddings: EmbeddingsFamily = {
  classNames: ["BedrockEmbeddings"],
  providerName: () => "aws.bedrock",
  endpoint: ({ clientOptions }) =>
    first(
      text(fields(clientOptions)["endpoint"]),
      variable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
      variable("AWS_ENDPOINT_URL"),
    ),
  clientMethods: ["send"],
  answer: ({ body }) => ({ inputTokens: titanTokens(body) }),
};

// --- internal ---

/**
 * Titan's count stands in the body, beside a vector that is not worth being parsed a second time.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 */
function titanTokens(body: unknown): number | undefined {
  if (!(body instanceof Uint8Array)) return undefined;
  const found = /"inputTextTokenCount"\s*:\s*(\d{1,15})\s*[,}]/.exec(
    new TextDecoder().decode(body),
  );
  return found === null ? undefined : count(Number(found[1]));
}
