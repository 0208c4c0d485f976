import { count, type Fields, fields, text } from "../../langchain/read.ts";
import type { Usage } from "../../operation.ts";
import { asked } from "./content.ts";
import { modelAsked } from "./request.ts";
import type { Seen, Shape, ShapeAnswer } from "./shape.ts";

/** Anthropic's client, for its own API, for Bedrock and for Vertex AI. */
export const anthropic: Shape = {
  methods: ["messages.create", "beta.messages.create"],
  helpers: [
    "messages.stream",
    "messages.parse",
    "beta.messages.stream",
    "beta.messages.parse",
    "beta.messages.toolRunner",
  ],
  models: /^claude-/,
  providerName: ({ constructor }) => {
    const name = typeof constructor === "function" ? constructor.name : "";
    if (name.includes("Bedrock")) return "aws.bedrock";
    return name.includes("Vertex") ? "gcp.vertex_ai" : "anthropic";
  },
  endpoint: ({ baseURL }) => text(baseURL),
  request: ({ params }) => modelAsked(params, { serviceTier: undefined }),
  response,
  chunk,
  text: ({ delta }) => text(fields(delta)["text"]),
  input: ({ params }, reading) => asked(params, params["messages"], params["system"], reading),
  choices: (answer) => [{ message: answer, finishReason: text(answer["stop_reason"]) }],
};

/** What a message of Anthropic's says, whoever brought it. */
export function response(answer: Fields): ShapeAnswer | undefined {
  const { type, role, id, model, stop_reason: reason, usage } = answer;
  if (type !== "message" || role !== "assistant") return undefined;
  const finishReason = text(reason);
  return {
    model: text(model),
    id: text(id),
    finishReasons: finishReason === undefined ? undefined : [finishReason],
    usage: usageOf(fields(usage)),
  };
}

/** The counts of `message_delta` are cumulative. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function chunk(seen: Seen, said: Fields): boolean {
  const { type, message, delta, usage } = said;
  if (type === "message_start") {
    const { content: _, ...rest } = fields(message);
    Object.assign(seen, rest);
    return true;
  }
  if (type === "message_delta") {
    const known = Object.entries(fields(usage)).filter(([, value]) => value !== null);
    seen["usage"] = { ...fields(seen["usage"]), ...Object.fromEntries(known) };
    const { stop_reason: reason } = fields(delta);
    if (reason !== undefined) seen["stop_reason"] = reason;
    return true;
  }
  return (
    type === "ping" || type === "message_stop" || text(type)?.startsWith("content_block_") === true
  );
}

// --- internal ---

/** Anthropic's input count leaves out what was read from and written to the cache. */
function usageOf(usage: Fields): Usage | undefined {
  const fresh = count(usage["input_tokens"]);
  const outputTokens = count(usage["output_tokens"]);
  if (fresh === undefined && outputTokens === undefined) return undefined;
  const read = count(usage["cache_read_input_tokens"]);
  const written = count(usage["cache_creation_input_tokens"]);
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    outputTokens,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: count(fields(usage["cache_creation"])["ephemeral_1h_input_tokens"]),
    reasoningTokens: count(fields(usage["output_tokens_details"])["thinking_tokens"]),
  };
}
