import { count, type Fields, fields, text } from "../../langchain/read.ts";
import { asked } from "./content.ts";
import { embeddingsAsked, modelAsked } from "./request.ts";
import type { Choice, Shape, ShapeAnswer } from "./shape.ts";

/** Mistral's client: OpenAI's protocol, in camel case. */
export const mistral: Shape = {
  methods: ["chat.complete", "chat.stream", "fim.complete", "fim.stream", "embeddings.create"],
  isClient: ({ chat }) => typeof fields(chat)["complete"] === "function",
  models: /^(?:mistral|ministral|magistral|codestral|devstral|pixtral|open-mi[sx]tral)-/,
  providerName: () => "mistral_ai",
  endpoint: () => "https://api.mistral.ai",
  request: ({ method, params }) => {
    if (method === "embeddings.create") return embeddingsAsked(params);
    return modelAsked(params, { stream: method.endsWith("stream") ? true : undefined });
  },
  response,
  chunk: (seen, { data }) => {
    const { choices, ...rest } = fields(data);
    if (!Array.isArray(choices)) return false;
    Object.assign(seen, rest, { object: "chat.completion" });
    const ended = choices.filter((choice) => text(fields(choice)["finishReason"]) !== undefined);
    if (ended.length > 0) seen["choices"] = ended;
    return true;
  },
  text: ({ data }) => {
    const { choices } = fields(data);
    const [choice] = Array.isArray(choices) ? choices : [];
    return text(fields(fields(choice)["delta"])["content"]);
  },
  input: ({ params }, reading) =>
    asked(params, params["messages"] ?? params["prompt"], undefined, reading),
  choices: (answer) => list(answer).map((choice) => choiceOf(fields(choice))),
};

// --- internal ---

function response(answer: Fields): ShapeAnswer | undefined {
  const { id, model, usage, object } = answer;
  const { promptTokens, completionTokens } = fields(usage);
  if (promptTokens === undefined) return undefined;
  if (object === "list")
    return { embeddings: true, model: text(model), usage: { inputTokens: count(promptTokens) } };
  const reasons = list(answer)
    .map((choice) => text(fields(choice)["finishReason"]))
    .filter((reason) => reason !== undefined);
  return {
    model: text(model),
    id: text(id),
    finishReasons: reasons.length === 0 ? undefined : reasons,
    usage: { inputTokens: count(promptTokens), outputTokens: count(completionTokens) },
  };
}

function list({ choices }: Fields): readonly unknown[] {
  return Array.isArray(choices) ? choices.slice(0, 100) : [];
}

function choiceOf({ message, finishReason }: Fields): Choice {
  return { message: fields(message), finishReason: text(finishReason) };
}
