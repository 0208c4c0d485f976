import { count, type Fields, fields, first, text } from "../../langchain/read.ts";
import type { Usage } from "../../operation.ts";
import { asked } from "./content.ts";
import { embeddingsAsked, modelAsked } from "./request.ts";
import type { Choice, Seen, Shape, ShapeAnswer, ShapeCall } from "./shape.ts";

/** Google's two packages: `@google/genai`, and `@google/generative-ai` before it, whose models and chats are clients too. */
export const gemini: Shape = {
  methods: [
    "models.generateContent",
    "models.generateContentStream",
    "models.embedContent",
    "generateContent",
    "generateContentStream",
    "embedContent",
    "sendMessage",
    "sendMessageStream",
  ],
  isClient: ({ models, generateContent, sendMessageStream, getGenerativeModel }) =>
    [
      fields(models)["generateContent"],
      generateContent,
      sendMessageStream,
      getGenerativeModel,
    ].some((method) => typeof method === "function"),
  models: /^(?:models\/)?(?:gemini-|gemma-)/,
  providerName: (client) => (isVertex(client) ? "gcp.vertex_ai" : "gcp.gemini"),
  endpoint: (client) =>
    isVertex(client)
      ? undefined
      : (text(fields(client["httpOptions"])["baseUrl"]) ??
        text(fields(client["requestOptions"])["baseUrl"]) ??
        "https://generativelanguage.googleapis.com"),
  request: (call) => {
    const params = paramsOf(call);
    if (call.method.endsWith("embedContent")) return embeddingsAsked(params);
    return modelAsked(params, { stream: call.method.endsWith("Stream") ? true : undefined });
  },
  response,
  stream: ({ stream, response: later }) => (later instanceof Promise ? stream : undefined),
  chunk,
  text: (piece) =>
    partsOf(piece)
      .map((part) => (fields(part)["thought"] === true ? "" : (text(fields(part)["text"]) ?? "")))
      .join(""),
  input: (call, reading) => {
    const params = paramsOf(call);
    const { systemInstruction: own, config, contents, message } = params;
    const told = own ?? fields(config)["systemInstruction"];
    return asked(params, contents ?? message, told, reading);
  },
  choices: (answer) => candidatesOf(answer).map((candidate) => choiceOf(fields(candidate))),
};

// --- internal ---

function isVertex({ vertexai, constructor }: Fields): boolean {
  return (
    vertexai === true || (typeof constructor === "function" && /Vertex/.test(constructor.name))
  );
}

/** Of the older package the model stands in the object, and a text, or a list of parts, is the whole argument. */
function paramsOf({ client, args, params }: ShapeCall): Fields {
  const [given] = args;
  const isText = typeof given === "string" || Array.isArray(given);
  const { model, generationConfig, systemInstruction } = client;
  const own = { generationConfig, systemInstruction };
  const known = isText ? { ...own, contents: given } : { ...own, ...params };
  const named = first(text(known["model" as keyof typeof known]), text(model));
  return { ...known, model: named?.replace(/^models\//, "") };
}

/** The older package has the answer one level deeper. */
function whole(answer: Fields): Fields {
  const { response: inner } = answer;
  return answer["candidates"] === undefined && typeof inner === "object" ? fields(inner) : answer;
}

function response(returned: Fields): ShapeAnswer | undefined {
  const answer = whole(returned);
  const { candidates, usageMetadata, promptFeedback, modelVersion, responseId } = answer;
  if (candidates === undefined && usageMetadata === undefined && promptFeedback === undefined)
    return undefined;
  const reasons = candidatesOf(answer)
    .map((candidate) => text(fields(candidate)["finishReason"]))
    .filter((reason) => reason !== undefined);
  return {
    model: text(modelVersion),
    id: text(responseId),
    finishReasons: reasons.length === 0 ? undefined : reasons,
    usage: usageOf(fields(usageMetadata)),
  };
}

/** `candidatesTokenCount` leaves the thoughts out. https://ai.google.dev/api/generate-content#UsageMetadata */
function usageOf(usage: Fields): Usage | undefined {
  const inputTokens = count(usage["promptTokenCount"]);
  const said = count(usage["candidatesTokenCount"]);
  const reasoningTokens = count(usage["thoughtsTokenCount"]);
  if (inputTokens === undefined && said === undefined) return undefined;
  const total = count(usage["totalTokenCount"]);
  const rest =
    total === undefined || inputTokens === undefined
      ? undefined
      : total - inputTokens - (count(usage["toolUsePromptTokenCount"]) ?? 0);
  const summed = said === undefined ? undefined : said + (reasoningTokens ?? 0);
  return {
    inputTokens,
    outputTokens: summed ?? (rest === undefined || rest < 0 ? undefined : rest),
    cacheReadTokens: count(usage["cachedContentTokenCount"]),
    reasoningTokens,
  };
}

/** Counts are cumulative: the last are the whole. */
function chunk(seen: Seen, said: Fields): boolean {
  const { candidates, usageMetadata, modelVersion, responseId, promptFeedback } = said;
  if (candidates === undefined && usageMetadata === undefined && promptFeedback === undefined)
    return false;
  for (const [key, value] of Object.entries({
    usageMetadata,
    modelVersion,
    responseId,
    promptFeedback,
  }))
    if (value !== undefined) seen[key] = value;
  const ended = candidatesOf(said)
    .map((candidate) => ({ finishReason: fields(candidate)["finishReason"] }))
    .filter(({ finishReason }) => finishReason !== undefined);
  if (ended.length > 0) seen["candidates"] = ended;
  return true;
}

function candidatesOf(answer: Fields): readonly unknown[] {
  const { candidates } = whole(answer);
  return Array.isArray(candidates) ? candidates.slice(0, 100) : [];
}

function partsOf(answer: Fields): readonly unknown[] {
  const { parts } = fields(fields(candidatesOf(answer)[0])["content"]);
  return Array.isArray(parts) ? parts : [];
}

function choiceOf({ content, finishReason }: Fields): Choice {
  return { message: { role: "assistant", ...fields(content) }, finishReason: text(finishReason) };
}
