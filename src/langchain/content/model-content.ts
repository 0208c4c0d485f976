import type { ReadContent } from "../../content/content-policy.ts";
import type { Part } from "../../content/message.ts";
import type { RunContent } from "../../content/run-content.ts";
import { answersOf } from "../messages/answers.ts";
import { messagesOf } from "../messages/messages.ts";
import { toolDefinitions } from "../messages/tool-definitions.ts";
import { fields } from "../read.ts";

/** What a chat model is asked: LangChain reports a list of conversations, of which there is ever one. */
export function chatInput(messages: unknown, extraParams: unknown): ReadContent {
  return (reading) => ({
    inputMessages: messagesOf(Array.isArray(messages) ? messages[0] : messages, reading),
    toolDefinitions: toolDefinitions(fields(fields(extraParams)["invocation_params"])),
  });
}

/** What a text model is asked. */
export function promptInput(prompts: unknown): ReadContent {
  return (reading) => ({
    inputMessages: messagesOf(Array.isArray(prompts) ? prompts.slice(0, 1) : prompts, reading),
  });
}

/** For providers that take instructions apart from the conversation: so do the conventions then. */
export function instructionsApart(content: RunContent): RunContent {
  const messages = content.inputMessages ?? [];
  const first = messages.findIndex(({ role }) => role !== "system");
  const end = first === -1 ? messages.length : first;
  const systemInstructions: Part[] = messages.slice(0, end).flatMap(({ parts }) => parts);
  if (systemInstructions.length === 0) return content;
  return { ...content, systemInstructions, inputMessages: messages.slice(end) };
}

export function modelOutput(output: unknown): ReadContent {
  return (reading) => ({ outputMessages: answersOf(output, reading) });
}
