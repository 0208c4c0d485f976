import { parsed } from "../../langchain/messages/tool-parts.ts";
import { count, type Fields, fields, first, text } from "../../langchain/read.ts";
import type { Usage } from "../../operation.ts";
import * as messages from "./anthropic.ts";
import { asked } from "./content.ts";
import { embeddingsAsked, modelAsked } from "./request.ts";
import type { Seen, Shape, ShapeAnswer, ShapeCall } from "./shape.ts";

/** Amazon's Bedrock runtime: `Converse` and `InvokeModel`, streamed or not. Other commands are no calls of a model. */
export const bedrock: Shape = {
  methods: ["send"],
  isClient: ({ send, config, middlewareStack }) =>
    typeof send === "function" && typeof config === "object" && middlewareStack !== undefined,
  models:
    /^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|stability)\.|^arn:aws[a-z-]*:bedrock:/,
  providerName: () => "aws.bedrock",
  request: (call) => {
    const input = inputOf(call);
    if (text(input["modelId"]) === undefined) return undefined;
    const { inferenceConfig, modelId } = input;
    const params = { ...bodyOf(input), inferenceConfig, model: modelId };
    if (/embed/.test(text(modelId) ?? "")) return embeddingsAsked(params);
    const { guardrailConfig, guardrailIdentifier, guardrailVersion } = input;
    const guardrail = {
      id: first(text(fields(guardrailConfig)["guardrailIdentifier"]), text(guardrailIdentifier)),
      version: first(text(fields(guardrailConfig)["guardrailVersion"]), text(guardrailVersion)),
    };
    return modelAsked(params, { guardrail: guardrail.id === undefined ? undefined : guardrail });
  },
  response: (answer) => {
    // What a stream has said is no whole of an answer, and has no metadata.
    if (answer["$metadata"] === undefined || answer["body"] === undefined)
      return converse(answer) ?? messages.response(answer);
    return invoked(bodyOf(answer));
  },
  stream: ({ stream, body }) => stream ?? (Symbol.asyncIterator in fields(body) ? body : undefined),
  chunk,
  text: ({ contentBlockDelta, chunk: piece }) =>
    text(fields(fields(contentBlockDelta)["delta"])["text"]) ??
    text(fields(jsonOf(fields(piece)["bytes"])["delta"])["text"]),
  input: (call, reading) => {
    const input = inputOf(call);
    const body = { ...bodyOf(input), ...input };
    return asked(
      body,
      body["messages"] ?? body["prompt"] ?? body["inputText"],
      body["system"],
      reading,
    );
  },
  choices: (answer) => {
    const body = bodyOf(answer);
    const message = fields(answer["output"] ?? body["output"])["message"] ?? body;
    return [
      { message: fields(message), finishReason: text(answer["stopReason"] ?? body["stop_reason"]) },
    ];
  },
};

// --- internal ---

/** A command has its input inside. */
function inputOf({ params }: ShapeCall): Fields {
  return typeof params["input"] === "object" ? fields(params["input"]) : params;
}

/** The body of `InvokeModel`: what the model's own maker asks and answers. */
function bodyOf({ body }: Fields): Fields {
  return jsonOf(body);
}

const MOST_BYTES = 1_000_000;

function jsonOf(body: unknown): Fields {
  if (typeof body === "string") return fields(parsed(body));
  if (!ArrayBuffer.isView(body) || body.byteLength > MOST_BYTES) return {};
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return fields(parsed(new TextDecoder().decode(bytes)));
}

function converse(answer: Fields): ShapeAnswer | undefined {
  const { output, stopReason, usage } = answer;
  if (stopReason === undefined && fields(output)["message"] === undefined) return undefined;
  if (fields(usage)["inputTokens"] === undefined && stopReason === undefined) return undefined;
  const reason = text(stopReason);
  return {
    finishReasons: reason === undefined ? undefined : [reason],
    usage: usageOf(fields(usage)),
  };
}

/** Each maker has an answer of its own. */
function invoked(body: Fields): ShapeAnswer | undefined {
  const ofAnthropic = messages.response(body);
  if (ofAnthropic !== undefined) return ofAnthropic;
  const ofAmazon = converse(body);
  if (ofAmazon !== undefined) return ofAmazon;
  const [result] = Array.isArray(body["results"]) ? body["results"] : [];
  const reason = first(text(body["stop_reason"]), text(fields(result)["completionReason"]));
  const inputTokens = first(count(body["inputTextTokenCount"]), count(body["prompt_token_count"]));
  const outputTokens = first(
    count(fields(result)["tokenCount"]),
    count(body["generation_token_count"]),
  );
  if (Array.isArray(body["embedding"]) || body["embeddings"] !== undefined)
    return { embeddings: true, usage: { inputTokens } };
  if (reason === undefined && inputTokens === undefined) return undefined;
  return {
    finishReasons: reason === undefined ? undefined : [reason],
    usage:
      inputTokens === undefined && outputTokens === undefined
        ? undefined
        : { inputTokens, outputTokens },
  };
}

/** The input count leaves out what was read from and written to the cache. */
function usageOf(usage: Fields): Usage | undefined {
  const fresh = count(usage["inputTokens"]);
  const outputTokens = count(usage["outputTokens"]);
  if (fresh === undefined && outputTokens === undefined) return undefined;
  const read = first(
    count(usage["cacheReadInputTokens"]),
    count(usage["cacheReadInputTokenCount"]),
  );
  const written = first(
    count(usage["cacheWriteInputTokens"]),
    count(usage["cacheWriteInputTokenCount"]),
  );
  const details = Array.isArray(usage["cacheDetails"]) ? usage["cacheDetails"] : [];
  const hour = details.find((detail) => fields(detail)["ttl"] === "1h");
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    outputTokens,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: count(fields(hour)["inputTokens"]),
  };
}

function chunk(seen: Seen, said: Fields): boolean {
  const { messageStop, metadata, chunk: piece } = said;
  if (piece !== undefined) {
    const event = jsonOf(fields(piece)["bytes"]);
    if (messages.chunk(seen, event)) return true;
    return chunk(seen, event);
  }
  if (messageStop !== undefined) seen["stopReason"] = fields(messageStop)["stopReason"];
  if (metadata !== undefined) seen["usage"] = fields(metadata)["usage"];
  const isOurs = Object.keys(said).some((key) => EVENTS.has(key));
  return isOurs;
}

const EVENTS = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
]);
