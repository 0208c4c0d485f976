import type { RunContent } from "../../content/run-content.ts";
import { answersOf } from "../../langchain/messages/answers.ts";
import { messagesOf, type MessagesReading } from "../../langchain/messages/messages.ts";
import { toolDefinitions } from "../../langchain/messages/tool-definitions.ts";
import { type Fields, fields, string } from "../../langchain/read.ts";
import type { Choice } from "./shape.ts";

/** What a model is asked: the conversation, what it was told to be apart from it, and the tools. */
export function asked(
  params: Fields,
  conversation: unknown,
  instructions: unknown,
  reading: MessagesReading,
): RunContent {
  const told =
    instructions === undefined
      ? []
      : messagesOf([{ role: "system", content: partsOf(instructions) }], reading);
  return {
    systemInstructions: told.length === 0 ? undefined : told.flatMap(({ parts }) => parts),
    inputMessages:
      conversation === undefined ? undefined : messagesOf(neutral(conversation), reading),
    toolDefinitions: toolDefinitions({ ...fields(params["config"]), ...params }),
  };
}

/** What it answered. */
export function answered(choices: readonly Choice[], reading: MessagesReading): RunContent {
  const generations = choices.map(({ message, finishReason }) => ({
    message: chatMessage(message),
    generationInfo: { finish_reason: finishReason },
  }));
  return { outputMessages: answersOf({ generations: [generations] }, reading) };
}

// --- internal ---

/** Copied only where a message has a form of its provider's own. */
function neutral(conversation: unknown): unknown {
  if (!Array.isArray(conversation)) return conversation;
  return conversation.map((message) =>
    typeof message === "object" && message !== null ? chatMessage(fields(message)) : message,
  );
}

const ROLES: Readonly<Record<string, string>> = {
  model: "assistant",
  CHATBOT: "assistant",
  USER: "user",
};

function chatMessage(message: Fields): Fields {
  const { role, parts, content, message: said, tool_calls: calls, toolCalls } = message;
  const named = string(role);
  return {
    ...message,
    type: undefined,
    role: ROLES[named ?? ""] ?? named ?? "user",
    content: partsOf(content ?? parts ?? said),
    tool_call_id: message["tool_call_id"] ?? message["toolCallId"],
    tool_calls: Array.isArray(calls ?? toolCalls)
      ? ((calls ?? toolCalls) as unknown[]).map((call) => ({
          ...fields(fields(call)["function"]),
          ...fields(call),
        }))
      : undefined,
  };
}

/** Google's and Bedrock's lists of parts, or one of them. */
function partsOf(content: unknown): unknown {
  if (Array.isArray(content)) return content.map((part) => partOf(part));
  const { parts } = fields(content);
  return parts === undefined ? content : partsOf(parts);
}

/** Bedrock's parts have no type: their one member says what they are. */
function partOf(part: unknown): unknown {
  const { toolUse, toolResult, reasoningContent } = fields(part);
  if (toolUse !== undefined)
    return { ...fields(toolUse), type: "tool_use", id: fields(toolUse)["toolUseId"] };
  if (toolResult !== undefined)
    return {
      ...fields(toolResult),
      type: "tool_result",
      tool_use_id: fields(toolResult)["toolUseId"],
    };
  if (reasoningContent !== undefined)
    return { ...fields(reasoningContent), type: "reasoning_content" };
  return part;
}
