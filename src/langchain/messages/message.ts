import type { Message, Part } from "../../content/message.ts";
import { type Fields, fields, first, string } from "../read.ts";
import { contentParts, responseOf } from "./content-parts.ts";
import type { Reading } from "./media-part.ts";
import { toolCallPart, toolResponsePart } from "./tool-parts.ts";

/**
 * A message of LangChain's (an instance, of whatever copy), or what LangChain takes for one: `{ role, content }`,
 * `[role, content]`, a text.
 */
export function messageOf(value: unknown, reading: Reading): Message {
  if (typeof value === "string") return { role: "user", parts: [{ type: "text", content: value }] };
  if (Array.isArray(value)) return messageOf({ role: value[0], content: value[1] }, reading);
  const message = unserialized(fields(value));
  const role = roleOf(message);
  const name = string(message["name"]);
  const parts =
    role === "tool" ? [toolResponse(message, reading)] : spokenParts(message, role, reading);
  return { role, parts, ...(name === undefined ? {} : { name }) };
}

// --- internal ---

const ROLES: Readonly<Record<string, string>> = {
  human: "user",
  ai: "assistant",
  developer: "system",
  function: "tool",
  AIMessageChunk: "assistant",
  HumanMessageChunk: "user",
  SystemMessageChunk: "system",
  ToolMessageChunk: "tool",
};

/** The form of `JSON.stringify(message)`: `{ lc: 1, type: "constructor", id: […, "HumanMessage"], kwargs }`. */
function unserialized(message: Fields): Fields {
  if (message["lc"] !== 1 || !Array.isArray(message["id"])) return message;
  const className = String(message["id"].at(-1)).replace(/Message(?:Chunk)?$/, "");
  return { type: className.toLowerCase(), ...fields(message["kwargs"]) };
}

function roleOf(message: Fields): string {
  const getType = message["_getType"] ?? message["getType"];
  const type = first(
    string(message["type"]),
    typeof getType === "function"
      ? string((getType as (this: Fields) => unknown).call(message))
      : undefined,
  );
  const said = string(message["role"]);
  const word = type === "generic" || type === "chat" || type === undefined ? (said ?? type) : type;
  return (ROLES[word ?? ""] ?? word ?? "user").slice(0, 64);
}

function toolResponse(message: Fields, reading: Reading): Part {
  const isFunction = message["role"] === "function" || message["type"] === "function";
  // Calls of functions have no id of their own.
  const id = first(string(message["tool_call_id"]), isFunction ? string(message["id"]) : undefined);
  const failed = message["status"] === "error" || message["is_error"] === true;
  return toolResponsePart(id, responseOf(message["content"], reading), failed);
}

function spokenParts(message: Fields, role: string, reading: Reading): Part[] {
  if (role !== "assistant") return contentParts(message["content"], reading, false);
  const calls = toolCalls(message);
  const said = contentParts(message["content"], reading, true);
  // LangChain repeats all calls of tools in `tool_calls`.
  const spoken = calls.length > 0 ? said.filter(({ type }) => type !== "tool_call") : said;
  return [
    ...reasoning(message, said),
    ...spoken,
    ...besideContent(message, said, reading),
    ...calls,
  ];
}

/** What OpenAI's package leaves beside the content: a refusal, a spoken answer, what the provider's own tools did. */
function besideContent(message: Fields, said: readonly Part[], reading: Reading): Part[] {
  const { refusal, audio, tool_outputs: outputs } = fields(message["additional_kwargs"]);
  const { transcript, data } = fields(audio);
  const texts = [string(refusal), string(transcript)].filter(
    (text) =>
      text !== undefined && text !== "" && !said.some((part) => fields(part)["content"] === text),
  );
  const sound = string(data) === undefined ? [] : [{ type: "audio", data }];
  // A picture stands in the content too where the package puts it there.
  const isShown = said.some((part) => fields(part)["modality"] === "image");
  const done = list(outputs).filter(
    (output) => !isShown || fields(output)["type"] !== "image_generation_call",
  );
  return contentParts([...texts, ...sound, ...done], reading, false);
}

/** Some packages leave reasoning beside the content. */
function reasoning(message: Fields, said: readonly Part[]): Part[] {
  if (said.some(({ type }) => type === "reasoning")) return [];
  const additional = fields(message["additional_kwargs"]);
  const summary = fields(additional["reasoning"])["summary"];
  const content = first(
    string(additional["reasoning_content"]),
    Array.isArray(summary)
      ? summary.map((item) => string(fields(item)["text"]) ?? "").join("\n")
      : undefined,
  );
  return content === undefined || content === "" ? [] : [{ type: "reasoning", content }];
}

function toolCalls(message: Fields): Part[] {
  const called = [...list(message["tool_calls"]), ...list(message["invalid_tool_calls"])];
  if (called.length > 0) return called.slice(0, 1000).map((call) => toolCallPart(fields(call)));
  // Models before tool calls had one function.
  const legacy = fields(fields(message["additional_kwargs"])["function_call"]);
  return typeof legacy["name"] === "string" ? [toolCallPart(legacy)] : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
