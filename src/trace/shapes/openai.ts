import { count, type Fields, fields, first, text } from "../../langchain/read.ts";
import type { Usage } from "../../operation.ts";
import { asked } from "./content.ts";
import { embeddingsAsked, modelAsked } from "./request.ts";
import type { Choice, Seen, Shape, ShapeAnswer } from "./shape.ts";

/** OpenAI's client, and those of all who speak its protocol. */
export const openai: Shape = {
  methods: [
    "chat.completions.create",
    "responses.create",
    "completions.create",
    "embeddings.create",
  ],
  helpers: [
    "chat.completions.parse",
    "chat.completions.stream",
    "chat.completions.runTools",
    "responses.parse",
    "responses.stream",
  ],
  models:
    /^(?:ft:)?(?:gpt-|chatgpt-|o[1-9](?:-|$)|text-embedding-(?:3|ada)|codex-|davinci|babbage)/,
  providerName,
  endpoint: ({ baseURL }) => text(baseURL),
  request: ({ client, provider, method, params }) => {
    if (method === "embeddings.create" || isEmbedding(method, params))
      return embeddingsAsked(params);
    const isText = method === "completions.create";
    const isResponse =
      method === "" ? params["input"] !== undefined : method === "responses.create";
    const operation = isText ? "text_completion" : "chat";
    if (!isOpenAI(provider ?? providerName(client))) return modelAsked(params, { operation });
    const apiType = isText ? undefined : isResponse ? "responses" : "chat_completions";
    return modelAsked(params, { operation, apiType, serviceTier: text(params["service_tier"]) });
  },
  response,
  chunk,
  text: ({ choices: list, type, delta }) => {
    if (type === "response.output_text.delta") return text(delta);
    const [choice] = Array.isArray(list) ? list : [];
    return text(fields(fields(choice)["delta"])["content"]) ?? text(fields(choice)["text"]);
  },
  input: ({ params }, reading) => {
    const { messages, input, prompt, instructions } = params;
    return asked(params, messages ?? input ?? prompt, instructions, reading);
  },
  choices,
};

// --- internal ---

/** Who answers at an address: many speak OpenAI's protocol. */
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/\.openai\.azure\.com$|\.cognitiveservices\.azure\.com$/, "azure.ai.openai"],
  [/(?:^|\.)deepseek\.com$/, "deepseek"],
  [/(?:^|\.)groq\.com$/, "groq"],
  [/(?:^|\.)x\.ai$/, "x_ai"],
  [/(?:^|\.)mistral\.ai$/, "mistral_ai"],
  [/(?:^|\.)perplexity\.ai$/, "perplexity"],
  [/^generativelanguage\.googleapis\.com$/, "gcp.gemini"],
];

function providerName({ constructor, baseURL }: Fields): string {
  const name = typeof constructor === "function" ? constructor.name : "";
  if (name.startsWith("Azure")) return "azure.ai.openai";
  if (name === "Groq") return "groq";
  const host = /^[a-z]+:\/\/([^/:?#]+)/i.exec(text(baseURL) ?? "")?.[1] ?? "";
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? "openai";
}

/** Others speak the protocol, and the conventions have names of OpenAI's own. */
function isOpenAI(provider: string): boolean {
  return provider === "openai" || provider === "azure.ai.openai";
}

function isEmbedding(method: string, { model, messages }: Fields): boolean {
  return method === "" && messages === undefined && /embedding/.test(text(model) ?? "");
}

function response(answer: Fields, provider = "openai"): ShapeAnswer | undefined {
  const { object, id, model, usage } = answer;
  if (object === "list" && Array.isArray(answer["data"]) && usage !== undefined)
    return {
      embeddings: true,
      model: text(model),
      usage: { inputTokens: count(fields(usage)["prompt_tokens"]) },
    };
  const isOurs =
    object === "chat.completion" || object === "text_completion" || object === "response";
  if (!isOurs || fields(usage)["promptTokens"] !== undefined) return undefined;
  const common = {
    model: text(model),
    id: text(id),
    finishReasons: finishReasons(answer),
    usage: usageOf(fields(usage)),
  };
  if (!isOpenAI(provider)) return common;
  return {
    ...common,
    serviceTier: text(answer["service_tier"]),
    systemFingerprint: text(answer["system_fingerprint"]),
  };
}

/** The Responses API has no finish reason: a status, and for an incomplete answer why. */
function finishReasons(answer: Fields): string[] | undefined {
  if (answer["object"] === "response") {
    const reason = text(fields(answer["incomplete_details"])["reason"]) ?? text(answer["status"]);
    return reason === undefined ? undefined : [reason];
  }
  const reasons = (Array.isArray(answer["choices"]) ? answer["choices"] : [])
    .slice(0, 100)
    .map((choice) => text(fields(choice)["finish_reason"]))
    .filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : reasons;
}

function usageOf(usage: Fields): Usage | undefined {
  const input = fields(usage["prompt_tokens_details"] ?? usage["input_tokens_details"]);
  const output = fields(usage["completion_tokens_details"] ?? usage["output_tokens_details"]);
  const inputTokens = first(count(usage["prompt_tokens"]), count(usage["input_tokens"]));
  const outputTokens = first(count(usage["completion_tokens"]), count(usage["output_tokens"]));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    // DeepSeek has it beside the details.
    cacheReadTokens: first(count(input["cached_tokens"]), count(usage["prompt_cache_hit_tokens"])),
    cacheWriteTokens: count(input["cache_write_tokens"]),
    reasoningTokens: count(output["reasoning_tokens"]),
    audioInputTokens: count(input["audio_tokens"]),
    audioOutputTokens: count(output["audio_tokens"]),
  };
}

/** A stream of the Responses API has the whole answer in its last event. */
function chunk(seen: Seen, said: Fields): boolean {
  const { object, type, response: whole } = said;
  if (typeof type === "string" && type.startsWith("response.")) {
    if (typeof whole === "object") Object.assign(seen, whole);
    return true;
  }
  if (object !== "chat.completion.chunk" && object !== "text_completion") return false;
  const { choices: _, usage, ...rest } = said;
  Object.assign(seen, rest, { object: object === "text_completion" ? object : "chat.completion" });
  // Groq's is in a place of its own.
  const counted = usage ?? fields(said["x_groq"])["usage"];
  if (counted !== undefined && counted !== null) seen["usage"] = counted;
  const ended = Array.isArray(said["choices"]) ? said["choices"] : [];
  const known = (seen["choices"] ??= []) as { finish_reason?: unknown }[];
  for (const choice of ended.slice(0, 100)) {
    const { index, finish_reason: reason } = fields(choice);
    if (text(reason) !== undefined)
      known[Math.min(count(index) ?? 0, 99)] = { finish_reason: reason };
  }
  return true;
}

function choices({ choices: list, output }: Fields): Choice[] {
  if (Array.isArray(output))
    return [
      { message: { role: "assistant", content: output.flatMap((item) => partsOf(fields(item))) } },
    ];
  return (Array.isArray(list) ? list : []).slice(0, 100).map((choice) => {
    const { message, text: said, finish_reason: finishReason } = fields(choice);
    return {
      message: message === undefined ? { role: "assistant", content: said } : fields(message),
      finishReason: text(finishReason),
    };
  });
}

/** An item of the Responses API: a message with parts, or something that is a part. */
function partsOf(item: Fields): unknown[] {
  if (item["type"] === "message" && Array.isArray(item["content"])) return item["content"];
  return [item];
}
