import { count, type Fields, fields, first, text } from "../../langchain/read.ts";
import type { Usage } from "../../operation.ts";
import { asked } from "./content.ts";
import { embeddingsAsked, modelAsked } from "./request.ts";
import type { Seen, Shape, ShapeAnswer } from "./shape.ts";

/** Cohere's client, in its first and its second version. */
export const cohere: Shape = {
  methods: ["chatStream", "chat", "embed", "v2.chat", "v2.chatStream", "v2.embed"],
  isClient: ({ chat, chatStream }) =>
    typeof chat === "function" && typeof chatStream === "function",
  models: /^(?:command|c4ai-|embed-(?:english|multilingual|v4))/,
  providerName: () => "cohere",
  endpoint: () => "https://api.cohere.com",
  request: ({ method, params }) => {
    if (method.endsWith("embed")) return embeddingsAsked(params);
    return modelAsked(params, { stream: method.endsWith("chatStream") ? true : undefined });
  },
  response,
  chunk,
  text: ({ delta, text: said }) =>
    text(said) ?? text(fields(fields(fields(delta)["message"])["content"])["text"]),
  input: ({ params }, reading) =>
    asked(params, params["messages"] ?? params["message"], params["preamble"], reading),
  choices: ({ message, text: said, finishReason }) => [
    {
      message: {
        role: "assistant",
        ...(message === undefined ? { content: said } : fields(message)),
      },
      finishReason: text(finishReason),
    },
  ],
};

// --- internal ---

function response(answer: Fields): ShapeAnswer | undefined {
  const { id, generationId, finishReason, usage, meta, message, text: said, embeddings } = answer;
  const counted = fields(usage ?? meta);
  const billed = fields(counted["billedUnits"]);
  if (embeddings !== undefined && meta !== undefined)
    return { embeddings: true, usage: { inputTokens: count(billed["inputTokens"]) } };
  const isOurs =
    (typeof generationId === "string" && typeof said === "string") ||
    (fields(message)["role"] === "assistant" && typeof finishReason === "string");
  if (!isOurs) return undefined;
  const reason = text(finishReason);
  return {
    id: first(text(id), text(generationId)),
    finishReasons: reason === undefined ? undefined : [reason],
    usage: usageOf(counted, billed),
  };
}

/** All tokens; those that are billed leave out what came from the cache. */
function usageOf(counted: Fields, billed: Fields): Usage | undefined {
  const tokens = fields(counted["tokens"]);
  const inputTokens = first(count(tokens["inputTokens"]), count(billed["inputTokens"]));
  const outputTokens = first(count(tokens["outputTokens"]), count(billed["outputTokens"]));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, cacheReadTokens: count(counted["cachedTokens"]) };
}

function chunk(seen: Seen, said: Fields): boolean {
  const { type, eventType, id, delta, response: whole } = said;
  if (eventType === "stream-end") Object.assign(seen, fields(whole));
  if (type === "message-start") Object.assign(seen, { id, message: { role: "assistant" } });
  if (type === "message-end") {
    const { finishReason, usage } = fields(delta);
    Object.assign(seen, { finishReason, usage });
  }
  return (
    typeof eventType === "string" || /^(?:message|content|tool|citation)-/.test(text(type) ?? "")
  );
}
