import type { Attributes } from "@opentelemetry/api";

import { OPENINFERENCE_ITEM as ITEM } from "../../semconv/openinference.ts";
import { listOf, membersOf, textOf } from "./plain.ts";

/**
 * Messages piece by piece, numbered from 0. The newest are kept, as many as there is room for; of one that has no room
 * alone, its beginning.
 *
 * @param prefix what stands before a message's number
 * @param room for so many attributes
 */
export function messageAttributes(
  prefix: string,
  messages: readonly unknown[],
  room: number,
): Attributes {
  const kept: Pair[][] = [];
  let left = room;
  for (let at = messages.length - 1; at >= 0 && left > 0; at--) {
    const pairs = messagePairs(messages[at]);
    if (pairs.length > left && kept.length > 0) break;
    kept.unshift(pairs.slice(0, left));
    left -= pairs.length;
  }
  const attributes: Attributes = {};
  for (const [at, pairs] of kept.entries())
    for (const [name, value] of pairs) attributes[`${prefix}${at}${name}`] = value;
  return attributes;
}

// --- internal ---

/** What stands after a message's number, and its value. */
type Pair = readonly [name: string, value: string];

function messagePairs(message: unknown): Pair[] {
  const { role, name, parts } = membersOf(message);
  const all = listOf(parts).map(membersOf);
  const calls = all.filter(isCall);
  const rest = all.filter((part) => !isCall(part));
  return [
    ...pair(ITEM.role, role),
    ...pair(ITEM.name, name),
    ...(rest.every(isText) ? plainContent(rest) : mixedContent(rest)),
    ...pair(ITEM.toolCallId, rest.find(isResponse)?.["id"]),
    ...calls.flatMap(callPairs),
  ];
}

type Members = ReturnType<typeof membersOf>;

function isCall({ type }: Members): boolean {
  return type === "tool_call" || type === "server_tool_call";
}

function isText(part: Members): boolean {
  return part["type"] === "text" || isResponse(part);
}

function isResponse({ type }: Members): boolean {
  return type === "tool_call_response";
}

/** "message.content is used for simple text-only messages" */
function plainContent(parts: readonly Members[]): Pair[] {
  const texts = parts.map((part) => textOf(isResponse(part) ? part["response"] : part["content"]));
  const said = texts.filter((text) => text !== undefined);
  return said.length === 0 ? [] : [[ITEM.content, said.join("\n\n")]];
}

/** "while message.contents is used for multimodal messages", and where there is reasoning */
function mixedContent(parts: readonly Members[]): Pair[] {
  return parts.flatMap((part, at) =>
    contentPairs(part).map(([name, value]): Pair => [`${ITEM.contents}${at}${name}`, value]),
  );
}

function contentPairs(part: Members): Pair[] {
  const { type, content, modality } = part;
  if (type === "text" || type === "reasoning")
    return [...pair(ITEM.contentType, type), ...pair(ITEM.contentText, content)];
  const url = urlOf(part);
  if (url !== undefined && modality === "image")
    return [
      [ITEM.contentType, modality],
      [ITEM.contentImage, url],
    ];
  if (url !== undefined && modality === "audio")
    return [
      [ITEM.contentType, modality],
      [ITEM.contentAudio, url],
    ];
  // There is no word for the rest, and the reader shall see that there was something.
  return [...pair(ITEM.contentType, "text"), ...pair(ITEM.contentText, part)];
}

/** Where it is, or the data itself. */
function urlOf({ type, mime_type: mimeType, content, uri }: Members): string | undefined {
  if (type === "uri") return textOf(uri);
  if (type !== "blob") return undefined;
  return `data:${textOf(mimeType) ?? ""};base64,${textOf(content) ?? ""}`;
}

function callPairs(call: Members, at: number): Pair[] {
  const { id, name, arguments: given, server_tool_call: asked } = call;
  const said: Pair[] = [
    ...pair(ITEM.callId, id),
    ...pair(ITEM.callName, name),
    ...pair(ITEM.callArguments, given ?? asked),
  ];
  return said.map(([member, value]): Pair => [`${ITEM.toolCalls}${at}${member}`, value]);
}

function pair(name: string, value: unknown): Pair[] {
  const text = textOf(value);
  return text === undefined ? [] : [[name, text]];
}
