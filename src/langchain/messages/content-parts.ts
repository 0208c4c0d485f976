import type { Part } from "../../content/message.ts";
import { type Fields, fields, first, string } from "../read.ts";
import { mediaPart, type Reading } from "./media-part.ts";
import {
  serverToolCallPart,
  serverToolResponsePart,
  toolCallPart,
  toolResponsePart,
} from "./tool-parts.ts";

/**
 * The parts of a message's content: a text, or the blocks of LangChain's standard form and of the providers' own forms.
 *
 * @param joins what is said in several blocks in a row becomes one part
 */
export function contentParts(content: unknown, reading: Reading, joins: boolean): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  if (content === undefined || content === null) return [];
  if ((reading.depth ?? 0) > DEEPEST) return [{ type: "omitted" }];
  if (!Array.isArray(content)) {
    return string(fields(content)["type"]) === undefined
      ? [textPart(jsonOf(content))]
      : blockParts(content, reading);
  }
  const parts: Part[] = [];
  let read = 0;
  for (const block of content) {
    if (parts.length >= MOST_PARTS || read >= MOST_BLOCKS) break;
    read += 1;
    for (const part of blockParts(block, reading)) {
      if (joins) pushJoined(parts, part);
      else parts.push(part);
    }
  }
  if (content.length > read) parts.push({ type: "omitted", parts: content.length - read });
  return parts;
}

/**
 * The parts with what is said in several of them in a row as one. LangChain joins no blocks of a stream that have no
 * `index`, and a secret in two parts is not known for one.
 */
export function joined(parts: readonly Part[]): Part[] {
  const left: Part[] = [];
  for (const part of parts) pushJoined(left, part);
  return left;
}

/** What a tool said: blocks stay blocks, and one text is the answer itself. */
export function responseOf(content: unknown, reading: Reading): unknown {
  if (!Array.isArray(content)) return content;
  const parts = contentParts(content, deeper(reading), false);
  const [only] = parts;
  return parts.length === 1 && only?.type === "text" ? only["content"] : parts;
}

// --- internal ---

const MOST_PARTS = 1000;
/** A tool's answer is in a message's block, its document in that, its text in that. */
const DEEPEST = 3;
/** A long answer may stream that many. */
const MOST_BLOCKS = 100_000;

function pushJoined(parts: Part[], part: Part): void {
  const { type, content } = part as { type: string; content?: unknown };
  if ((type !== "text" && type !== "reasoning") || typeof content !== "string") {
    parts.push(part);
    return;
  }
  // An empty text tells nothing, and would stand between two that belong together.
  if (type === "text" && content === "") return;
  const last: { type?: string; content?: unknown } = parts.at(-1) ?? {};
  if (last.type === type && typeof last.content === "string")
    parts[parts.length - 1] = { type, content: last.content + content };
  else parts.push(part);
}

function deeper(reading: Reading): Reading {
  return { ...reading, depth: (reading.depth ?? 0) + 1 };
}

function blockParts(block: unknown, reading: Reading): Part[] {
  if (typeof block === "string") return [textPart(block)];
  const { type, source, value } = fields(block);
  // Anthropic's document of blocks, and LangChain's wrapper of a provider's own.
  if (type === "document" && fields(source)["type"] === "content")
    return contentParts(fields(source)["content"], deeper(reading), false);
  if (type === "non_standard" && value !== undefined)
    return contentParts([value], deeper(reading), false);
  const part = blockPart(fields(block), reading);
  return part === undefined ? [] : [part];
}

function textPart(content: string): Part {
  return { type: "text", content };
}

function jsonOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function blockPart(block: Fields, reading: Reading): Part | undefined {
  const type = string(block["type"]);
  // Google's
  if (block["thought"] === true && typeof block["text"] === "string") return reasoningPart(block);
  switch (type) {
    case "text":
    case "input_text":
    case "output_text":
      return textPart(string(block["text"]) ?? "");
    case "refusal":
      return textPart(string(block["refusal"]) ?? "");
    case "text-plain":
      return textPart(string(block["text"]) ?? string(block["data"]) ?? "");
    case "reasoning":
    case "thinking":
    case "reasoning_content":
    case "redacted_thinking":
      return reasoningPart(block);
    case "tool_use":
    case "tool_call":
    case "function_call":
    case "functionCall":
      return toolCallPart(block);
    case "tool_result":
    case "function_call_output":
      return toolResponsePart(
        first(string(block["tool_use_id"]), string(block["call_id"])),
        responseOf(block["content"] ?? block["output"], reading),
        block["is_error"] === true || block["status"] === "error",
      );
    case "server_tool_use":
    case "server_tool_call":
    case "web_search_call":
    case "file_search_call":
    case "code_interpreter_call":
    case "mcp_call":
      return serverToolCallPart(block);
    case "server_tool_call_result":
    case "server_tool_result":
      return serverToolResponsePart(block);
    case "input_json_delta":
    case "tool_call_chunk":
    case "server_tool_call_chunk":
      return undefined;
    default:
      if (type?.endsWith("_tool_result") === true) return serverToolResponsePart(block);
      return (
        mediaPart(block, type, reading) ?? googlePart(block, reading) ?? otherPart(block, type)
      );
  }
}

function reasoningPart(block: Fields): Part {
  const summary = block["summary"];
  const summed = Array.isArray(summary) ? texts(summary, "\n") : string(summary);
  const content = first(
    string(block["reasoning"]),
    string(block["thinking"]),
    // Mistral's
    Array.isArray(block["thinking"]) ? texts(block["thinking"], "") : undefined,
    string(fields(block["reasoningText"])["text"]),
    string(block["text"]),
    summed,
  );
  return { type: "reasoning", content: content ?? "" };
}

function texts(blocks: readonly unknown[], between: string): string {
  return blocks.map((block) => string(fields(block)["text"]) ?? "").join(between);
}

/** Google's parts have no type: their one member says what they are. Bedrock's likewise. */
function googlePart(block: Fields, reading: Reading): Part | undefined {
  const type = block["type"];
  if (type !== undefined && type !== "inlineData" && type !== "fileData") return undefined;
  if (typeof block["text"] === "string") return textPart(block["text"]);
  if (block["functionCall"] !== undefined) return toolCallPart(block);
  for (const [member, modality] of [
    ["inlineData", "any"],
    ["fileData", "any"],
    ["image", "image"],
    ["document", "document"],
    ["video", "video"],
  ] as const) {
    if (block[member] === undefined) continue;
    const { fileUri, ...inner } = fields(block[member]);
    const media = { type: modality === "any" ? "media" : modality, url: fileUri, ...inner };
    return mediaPart(media, media.type, reading);
  }
  return undefined;
}

/** What nobody knows yet, as it is. */
function otherPart(block: Fields, type: string | undefined): Part {
  return { ...block, type: type ?? "other" };
}
