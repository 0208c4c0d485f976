import type { ModelCall } from "../../langchain/model-call.ts";
import { commonResponse, modelResult } from "../../langchain/model-result.ts";
import { providerFor } from "../../langchain/providers/index.ts";
import { type Fields, fields, text } from "../../langchain/read.ts";
import { streamNotes } from "../../langchain/stream-notes.ts";
import type { Shape, ShapeAnswer } from "./shape.ts";

/** A message that one of LangChain's models has answered, by itself or as the last of an agent's state. */
export const langchain: Shape = {
  methods: [],
  isClient: () => false,
  models: /^$/,
  providerName: () => "unknown",
  request: () => undefined,
  response: (answer) => {
    const message = messageIn(answer);
    return message === undefined ? undefined : responseOf(message);
  },
  choices: (answer) => [{ message: messageIn(answer) ?? {} }],
};

// --- internal ---

function messageIn(answer: Fields): Fields | undefined {
  const { usage_metadata: usage, response_metadata: metadata } = answer;
  return usage !== undefined || metadata !== undefined ? answer : undefined;
}

function responseOf(message: Fields): ShapeAnswer {
  const result = modelResult({ generations: [[{ message }]] });
  const common = commonResponse(result, streamNotes());
  const call = callOf(fields(message["response_metadata"]));
  const provider = providerFor(call);
  const response = provider.response?.(common, result, streamNotes()) ?? common;
  return { ...response, provider: provider.providerName(call) };
}

/** The packages name their provider in the answer too. */
function callOf(metadata: Fields): ModelCall {
  const ls = { ls_provider: text(metadata["model_provider"]) };
  return { className: undefined, kwargs: {}, params: {}, metadata: ls, model: {} };
}
