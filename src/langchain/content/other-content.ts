import type { ReadContent } from "../../content/content-policy.ts";
import type { Document } from "../../content/message.ts";
import { shapeOf } from "../../content/redaction/plain-data.ts";
import { messageOf } from "../messages/message.ts";
import { messagesOf } from "../messages/messages.ts";
import { parsed } from "../messages/tool-parts.ts";
import { fields, first, number, string } from "../read.ts";

/** What a tool is called with: LangChain reports JSON. */
export function toolInput(input: unknown): ReadContent {
  return () => ({ toolArguments: objectOf(parsed(input), "input") });
}

/** What a tool answered: a message, or anything else. */
export function toolOutput(output: unknown): ReadContent {
  return (reading) => {
    if (!isMessage(output)) return { toolResult: objectOf(parsed(output), "output") };
    const [answer] = messageOf(output, reading).parts;
    const said = answer?.type === "tool_call_response" ? answer["response"] : answer;
    return { toolResult: objectOf(parsed(said), "output") };
  };
}

export function retrieverInput(query: unknown): ReadContent {
  return () => ({ query: string(query) });
}

export function retrieverOutput(documents: unknown): ReadContent {
  return () => ({
    documents: Array.isArray(documents)
      ? documents.slice(0, MOST_DOCUMENTS).map((document) => documentOf(document))
      : undefined,
  });
}

/** What a chain works on: an agent's and a graph's conversation, where its state has one. */
export function chainInput(inputs: unknown): ReadContent {
  return (reading) => {
    const { messages } = fields(inputs);
    return {
      input: reading.values ? inputs : undefined,
      inputMessages: messages === undefined ? undefined : messagesOf(messages, reading),
    };
  };
}

/** What came out: of a conversation, its last message. */
export function chainOutput(output: unknown): ReadContent {
  return (reading) => {
    const { messages } = fields(output);
    const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
    const [answer] = last === undefined ? [] : messagesOf([last], reading);
    return {
      output: reading.values ? output : undefined,
      outputMessages: answer === undefined ? undefined : [{ ...answer, finish_reason: "stop" }],
    };
  };
}

// --- internal ---

const MOST_DOCUMENTS = 1000;

/** The conventions have objects here, and tools that work on a text or a list. */
function objectOf(value: unknown, name: string): unknown {
  return hasMembers(value) ? value : { [name]: value };
}

/** Dates, addresses and bytes are written as a text. */
function hasMembers(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return shapeOf(value).is === "members";
  } catch {
    return false;
  }
}

function isMessage(value: unknown): boolean {
  const { content, tool_call_id: callId, lc_namespace: namespace } = fields(value);
  return content !== undefined && (typeof callId === "string" || Array.isArray(namespace));
}

function documentOf(value: unknown): Document {
  const { id, pageContent, metadata } = fields(value);
  const { score, relevance_score: relevance, _additional: additional } = fields(metadata);
  return {
    id: string(id),
    score: first(number(score), number(relevance), number(fields(additional)["score"])),
    content: string(pageContent),
    metadata,
  };
}
