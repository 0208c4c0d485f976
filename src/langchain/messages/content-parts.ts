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
 * Calls of tools are left to `tool_calls`, where LangChain repeats them all.
 */
export function contentParts(content: unknown, reading: Reading, hasToolCalls: boolean): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  if (!Array.isArray(content))
    return content === undefined || content === null ? [] : [textOf(content)];
  const parts: Part[] = [];
  for (const block of content.slice(0, MOST_BLOCKS)) {
    const part = typeof block === "string" ? textPart(block) : blockPart(fields(block), reading);
    if (part === undefined || (hasToolCalls && part.type === "tool_call")) continue;
    parts.push(part);
  }
  if (content.length > MOST_BLOCKS)
    parts.push({ type: "omitted", parts: content.length - MOST_BLOCKS });
  return parts;
}

// --- internal ---

const MOST_BLOCKS = 1000;

function textPart(content: string): Part {
  return { type: "text", content };
}

function textOf(value: unknown): Part {
  return { type: "text", content: String(value) };
}

function blockPart(block: Fields, reading: Reading): Part | undefined {
  const type = typeof block["type"] === "string" ? block["type"] : undefined;
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
        block["content"] ?? block["output"],
      );
    case "server_tool_use":
    case "server_tool_call":
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
  const summed = Array.isArray(summary)
    ? summary.map((item) => string(fields(item)["text"]) ?? "").join("\n")
    : string(summary);
  const content = first(
    string(block["reasoning"]),
    string(block["thinking"]),
    string(fields(block["reasoningText"])["text"]),
    string(block["text"]),
    summed,
  );
  return { type: "reasoning", content: content ?? "" };
}

/** Google's parts have no type: their one member says what they are. Bedrock's likewise. */
function googlePart(block: Fields, reading: Reading): Part | undefined {
  if (block["type"] !== undefined) return undefined;
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
