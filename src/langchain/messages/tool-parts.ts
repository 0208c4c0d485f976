import type { Part } from "../../content/message.ts";
import { type Fields, fields, first, string } from "../read.ts";

/** The model asks for a tool, in whatever provider's words. */
export function toolCallPart(block: Fields): Part {
  const called = { ...fields(block["functionCall"]), ...block };
  return {
    type: "tool_call",
    ...id(first(string(called["call_id"]), string(called["id"]))),
    name: string(called["name"]) ?? "",
    arguments: parsed(called["args"] ?? called["input"] ?? called["arguments"]),
  };
}

/** What a tool said. */
export function toolResponsePart(
  callId: string | undefined,
  response: unknown,
  failed: boolean,
): Part {
  const failure = failed ? { is_error: true } : {};
  return { type: "tool_call_response", ...id(callId), response: response ?? null, ...failure };
}

/** A tool that the provider runs itself, … */
export function serverToolCallPart(block: Fields): Part {
  // OpenAI's are named by their type: {type: "web_search_call", id, status, action}
  const { type, id: callId, status: _, name: said, ...own } = block;
  const called = string(type)?.endsWith("_tool_call") === false && string(type)?.endsWith("_call");
  if (called === true) {
    const name = string(said) ?? String(type).replace(/_call$/, "");
    return {
      type: "server_tool_call",
      ...id(string(callId)),
      name,
      server_tool_call: { type: String(type), ...own },
    };
  }
  const name = string(said) ?? "";
  return {
    type: "server_tool_call",
    ...id(string(callId)),
    name,
    server_tool_call: { type: name, arguments: parsed(block["args"] ?? block["input"]) },
  };
}

/** … and what that said. */
export function serverToolResponsePart(block: Fields): Part {
  return {
    type: "server_tool_call_response",
    ...id(first(string(block["tool_use_id"]), string(block["toolCallId"]))),
    server_tool_call_response: {
      type: string(block["type"]) ?? "server_tool_result",
      output: block["content"] ?? block["output"] ?? null,
    },
  };
}

/** Arguments are an object where they can be read as one. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value) || value.length > 1_000_000)
    return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // A stream that was broken off leaves half an object: the text itself is what there is.
    return value;
  }
}

// --- internal ---

function id(value: string | undefined): { id?: string } {
  return value === undefined ? {} : { id: value };
}
